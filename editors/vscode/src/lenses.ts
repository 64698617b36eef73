/** The code lenses' command: the server gives places in LSP's terms, VS Code wants objects of its own. */

import * as vscode from "vscode";
import type { ClientCapabilities, FeatureState, Location, Position, StaticFeature } from "vscode-languageclient";

const COMMAND = "isg.showReferences";

/** Tells the server that its lenses can be clicked. */
export class LensFeature implements StaticFeature {
  fillClientCapabilities(capabilities: ClientCapabilities): void {
    const experimental = (capabilities.experimental ?? {}) as object;
    capabilities.experimental = { ...experimental, commands: { commands: [COMMAND] } };
  }

  initialize(): void {
    // Nothing is registered with the server.
  }

  getState(): FeatureState {
    return { kind: "static" };
  }

  clear(): void {
    // Nothing is kept.
  }
}

/** Shows the places of a lens where VS Code shows references. */
export async function showReferences(uri: string, position: Position, locations: readonly Location[]): Promise<void> {
  const places = locations.map(({ uri, range: { start, end } }) =>
    new vscode.Location(vscode.Uri.parse(uri), new vscode.Range(start.line, start.character, end.line, end.character)));
  const at = new vscode.Position(position.line, position.character);
  await vscode.commands.executeCommand("editor.action.showReferences", vscode.Uri.parse(uri), at, places);
}
