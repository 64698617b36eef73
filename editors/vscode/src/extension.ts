/** Entry and exit of the extension: what is made here ends with it. All knowledge is in the server. */

import * as vscode from "vscode";

import { clearIndex, copyLlmContext, openPlace, showBlastRadius, StatusPage } from "./commands";
import { watchForPeers } from "./companion";
import { CyclesView } from "./cycles";
import { onSelection } from "./python";
import { said, Server } from "./server";
import { StatusItem } from "./status";

let running: Server | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel("isg", { log: true });
  const status = new StatusItem();
  const server = new Server(output, status);
  running = server;
  const cycles = new CyclesView(server);
  const page = new StatusPage();
  context.subscriptions.push(
    output,
    status,
    server,
    cycles,
    vscode.workspace.registerTextDocumentContentProvider(StatusPage.scheme, page),
    command("isg.restartServer", () => server.restart()),
    command("isg.showOutput", () => { output.show(); }),
    command("isg.clearStoredIndex", () => clearIndex(server)),
    command("isg.reindexWorkspace", () => server.ask("isg.reindex")),
    command("isg.showIndexStatus", () => page.show(server)),
    command("isg.showBlastRadius", (file?: vscode.Uri) => showBlastRadius(server, file)),
    command("isg.copyLlmContext", (file?: vscode.Uri) => copyLlmContext(server, file)),
    command("isg.showImportCycles", () => cycles.show()),
    command("isg.refreshImportCycles", () => { cycles.refresh(); }),
    command("isg.openPlace", openPlace),
    vscode.workspace.onDidChangeConfiguration((event) => server.configure(event)),
    vscode.workspace.onDidGrantWorkspaceTrust(() => server.restartIfMoved()),
    watchForPeers(context),
  );
  await server.restart();
  context.subscriptions.push(await onSelection(() => void server.restartIfMoved()));
}

export async function deactivate(): Promise<void> {
  await running?.stop();
  running = undefined;
}

/** A command of the palette; what it throws is shown as a message. */
function command(name: string, run: (...given: never[]) => unknown): vscode.Disposable {
  return vscode.commands.registerCommand(name, async (...given: never[]) => {
    try {
      await run(...given);
    } catch (error) {
      void vscode.window.showErrorMessage(`isg: ${said(error)}`);
    }
  });
}
