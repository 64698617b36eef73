/** Runs in the extension host of a real VS Code, in the folder of workspace.mjs; `run` is what its test runner calls. */

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import * as vscode from "vscode";

import type { BlastRadius, Cycles, Memory, RootStatus } from "../../src/answers";

const PATIENCE = 30_000;

async function until<T>(look: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) {
      return found;
    }
    assert.ok(Date.now() < end, `in vain: ${String(look)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function uri(name: string): vscode.Uri {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder);
  return vscode.Uri.joinPath(folder.uri, "app", name);
}

function ours(file: vscode.Uri): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(file).filter((one) => one.source === "isg");
}

const tests: Record<string, () => Promise<void>> = {
  async "a Python file starts the server, which indexes the folder"() {
    await vscode.window.showTextDocument(uri("models.py"));
    const extension = await until(() => vscode.extensions.getExtension("isg-lsp.isg"));
    await until(() => extension.isActive);
    await until(async () => {
      const [root] = (await vscode.commands.executeCommand<RootStatus[] | undefined>("isg.status")) ?? [];
      return root?.indexing === false && root.documents?.python === 8;
    });
  },
  async "go to implementation leads to the override"() {
    const found = await vscode.commands.executeCommand<(vscode.Location | vscode.LocationLink)[]>(
      "vscode.executeImplementationProvider", uri("models.py"), new vscode.Position(4, 9));
    const places = found.map((one) => ("targetUri" in one ? one.targetSelectionRange ?? one.targetRange : one.range).start.line);
    assert.ok(places.includes(10), JSON.stringify(places));
  },
  async "a cycle is a diagnostic with the places of its other steps"() {
    const [diagnostic] = await until(() => { const found = ours(uri("models.py")); return found.length > 0 && found; });
    assert.match(diagnostic?.message ?? "", /^Import cycle: app\.models -> app\.views -> app\.models/);
    assert.equal(diagnostic?.severity, vscode.DiagnosticSeverity.Warning);
    assert.deepEqual(diagnostic.relatedInformation?.map((one) => one.location.uri.path), [uri("views.py").path]);
  },
  async "another severity is taken over without a restart"() {
    const settings = vscode.workspace.getConfiguration("isg");
    await settings.update("diagnostics.importCycle", "error", vscode.ConfigurationTarget.Workspace);
    await until(() => ours(uri("models.py"))[0]?.severity === vscode.DiagnosticSeverity.Error);
    await settings.update("diagnostics.importCycle", undefined, vscode.ConfigurationTarget.Workspace);
    await until(() => ours(uri("models.py"))[0]?.severity === vscode.DiagnosticSeverity.Warning);
  },
  async "commands of the graph answer"() {
    const { knots } = await vscode.commands.executeCommand<Cycles>("isg.cycles", { kinds: ["import-cycle"] });
    assert.deepEqual(knots.map((knot) => [knot.size, knot.findings.length]).sort(), [[2, 2], [4, 5]]);
    const target = { uri: uri("views.py").toString(), position: { line: 3, character: 5 } };
    assert.equal((await vscode.commands.executeCommand<BlastRadius>("isg.blastRadius", target)).count, 3);
  },
  async "a lens shows references where VS Code shows them"() {
    await vscode.workspace.getConfiguration("isg").update("codeLens.references", true, vscode.ConfigurationTarget.Workspace);
    await vscode.window.showTextDocument(uri("views.py"));
    const lenses = await until(async () => {
      const found = await vscode.commands.executeCommand<vscode.CodeLens[]>("vscode.executeCodeLensProvider", uri("views.py"), 10);
      return found.some((lens) => lens.command?.command === "isg.showReferences") && found;
    });
    const command = lenses.find((lens) => lens.command?.title.startsWith("2 ref") === true)?.command;
    assert.ok(command, JSON.stringify(lenses.map((lens) => lens.command?.title)));
    await vscode.commands.executeCommand(command.command, ...(command.arguments ?? []) as unknown[]);
    await vscode.workspace.getConfiguration("isg").update("codeLens.references", undefined, vscode.ConfigurationTarget.Workspace);
  },
  async "memory is told"() {
    const { bytes } = await until(async () => {
      const there = (await vscode.commands.getCommands()).includes("isg.memory"); // not while the server starts anew
      return there && vscode.commands.executeCommand<Memory>("isg.memory");
    });
    assert.ok(bytes === null || bytes > 5_000_000, `${bytes ?? 0}`);
  },
  async "a new server answers after a restart"() {
    await vscode.commands.executeCommand("isg.restartServer");
    const { knots } = await vscode.commands.executeCommand<Cycles>("isg.cycles", { kinds: [] });
    assert.equal(knots.length, 2);
  },
  async "companion mode takes effect at once"() {
    const definitions = (): Thenable<unknown[]> =>
      vscode.commands.executeCommand("vscode.executeDefinitionProvider", uri("views.py"), new vscode.Position(8, 12));
    await until(async () => (await definitions()).length > 0);
    const settings = vscode.workspace.getConfiguration("isg");
    await settings.update("mode", "companion", vscode.ConfigurationTarget.Workspace);
    await until(async () => (await definitions()).length === 0);
    await settings.update("mode", undefined, vscode.ConfigurationTarget.Workspace);
    await until(async () => (await definitions()).length > 0);
  },
  async "in companion mode a peer that is installed while all runs doubles nothing"() {
    const settings = vscode.workspace.getConfiguration("isg");
    const rust = vscode.Uri.joinPath(uri("views.py"), "..", "..", "src", "lib.rs");
    await vscode.window.showTextDocument(rust);
    const definitions = (file: vscode.Uri, line: number, character: number): Thenable<unknown[]> =>
      vscode.commands.executeCommand("vscode.executeDefinitionProvider", file, new vscode.Position(line, character));
    const found = async (): Promise<string> => {
      const counts = [await definitions(rust, 8, 15), await definitions(uri("views.py"), 8, 12)].map((list) => list.length);
      return `Rust ${counts.join(", Python ")}`;
    };
    assert.equal(await found(), "Rust 1, Python 1"); // ours alone
    await settings.update("mode", "companion", vscode.ConfigurationTarget.Workspace);
    await until(async () => (await found()) === "Rust 0, Python 0"); // nobody is known: any may be there
    await vscode.commands.executeCommand("workbench.extensions.installExtension", vscode.Uri.file(process.env.ISG_PEER ?? ""));
    await until(async () => (await found()) === "Rust 1, Python 1"); // the peer's, and ours
    const [place] = await definitions(rust, 8, 15) as vscode.Location[];
    assert.equal(place?.range.start.line, 0);
    await settings.update("mode", undefined, vscode.ConfigurationTarget.Workspace);
    await until(async () => (await found()) === "Rust 2, Python 1"); // what companion mode is for
  },
  async "editing the import away clears the cycle, unsaved"() {
    const editor = await vscode.window.showTextDocument(uri("models.py"));
    await until(() => ours(uri("views.py")).length > 0);
    await editor.edit((edit) => { edit.delete(new vscode.Range(0, 0, 1, 0)); });
    await until(() => ours(uri("models.py")).length === 0 && ours(uri("views.py")).length === 0);
    assert.ok(editor.document.isDirty);
  },
};

export async function run(): Promise<void> {
  const told: string[] = [`VS Code ${vscode.version}`];
  let failed = 0;
  for (const [name, test] of Object.entries(tests)) {
    try {
      await test();
      told.push(`ok   ${name}`);
    } catch (error) {
      failed += 1;
      told.push(`FAIL ${name}\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  }
  writeFileSync(process.env.ISG_RESULT ?? "result.txt", `${told.join("\n")}\n`);
  assert.equal(failed, 0);
}
