/** Entry and exit of the extension: what is made here ends with it. All knowledge is in the server. */

import * as vscode from "vscode";

import { Changes } from "./changes";
import { clearIndex, copyLlmContext, openPlace, showBlastRadius } from "./commands";
import { watchForPeers } from "./companion";
import { CyclesView } from "./cycles";
import { GraphPanel } from "./graph";
import { IndexView } from "./indexView";
import { showReferences } from "./lenses";
import { onSelection } from "./python";
import { said, Server } from "./server";
import { StatusItem } from "./status";

let running: Server | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel("isg", { log: true });
  const status = new StatusItem();
  const server = new Server(output, status, context.extension);
  running = server;
  const changes = new Changes(server);
  const cycles = new CyclesView(server, changes);
  const graph = new GraphPanel(server, vscode.Uri.joinPath(context.extensionUri, "media"), changes);
  const index = new IndexView(server);
  context.subscriptions.push(
    output,
    status,
    server,
    changes,
    cycles,
    graph,
    index,
    command("isg.restartServer", () => server.restart()),
    command("isg.showOutput", () => { output.show(); }),
    command("isg.clearStoredIndex", () => clearIndex(server)),
    command("isg.reindexWorkspace", () => server.ask("isg.reindex")),
    command("isg.showIndexStatus", () => index.show()),
    command("isg.refreshIndexStatus", () => { index.refresh(); }),
    command("isg.showBlastRadius", (file?: vscode.Uri) => showBlastRadius(server, file)),
    command("isg.copyLlmContext", (file?: vscode.Uri) => copyLlmContext(server, file)),
    command("isg.showImportCycles", () => cycles.show()),
    command("isg.refreshImportCycles", () => { cycles.refresh(); }),
    command("isg.showImportCycleGraph", () => graph.show()),
    command("isg.openPlace", openPlace),
    command("isg.showReferences", showReferences),
    vscode.workspace.onDidChangeConfiguration((event) => server.configure(event)),
    vscode.extensions.onDidChange(() => server.restartIfPeersChanged()),
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
