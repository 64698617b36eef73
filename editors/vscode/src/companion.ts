/** The offer of companion mode: once for a user, where another language server for our languages is active. */

import * as vscode from "vscode";

import { PEERS } from "./peers";

const OFFERED = "companionOffered";
/** Milliseconds after which peers that a file starts have started. */
const PEERS_START = 10_000;

/** Looks now and then whether a peer is active, until the offer was made. */
export function watchForPeers(context: vscode.ExtensionContext): vscode.Disposable {
  const look = (): void => void offer(context.globalState);
  const timer = setTimeout(look, PEERS_START);
  return vscode.Disposable.from(
    new vscode.Disposable(() => { clearTimeout(timer); }),
    vscode.window.onDidChangeActiveTextEditor(look),
    vscode.extensions.onDidChange(look),
  );
}

async function offer(memory: vscode.Memento): Promise<void> {
  const settings = vscode.workspace.getConfiguration("isg");
  const peers = PEERS.filter(({ extension }) => vscode.extensions.getExtension(extension)?.isActive === true);
  if (peers.length === 0 || memory.get(OFFERED) === true || isSet(settings.inspect("mode"))) {
    return;
  }
  await memory.update(OFFERED, true);
  const companion = "Use Companion Mode";
  const chosen = await vscode.window.showInformationMessage(
    `Also active for these languages: ${peers.map(({ title }) => title).join(", ")}. In companion mode, isg offers only what others lack, so ` +
      "that nothing appears twice.",
    companion,
    "Keep Everything",
  );
  if (chosen === companion) {
    await settings.update("mode", "companion", vscode.ConfigurationTarget.Global);
  }
}

function isSet(
  values: { globalValue?: unknown; workspaceValue?: unknown; workspaceFolderValue?: unknown } | undefined,
): boolean {
  return [values?.globalValue, values?.workspaceValue, values?.workspaceFolderValue].some((one) => one !== undefined);
}
