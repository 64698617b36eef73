/** When to ask the server again for what is shown: a moment after diagnostics or the index changed. */

import * as vscode from "vscode";

import type { Server } from "./server";

/** Milliseconds from the first of some changes to the question what they did. */
const REST = 1_000;

/** Fires `onChanged` once for whatever changes in a moment. */
export class Changes implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onChanged = this.#changed.event;
  readonly #subscriptions: vscode.Disposable;
  #timer: NodeJS.Timeout | undefined;

  constructor(server: Server) {
    this.#subscriptions = vscode.Disposable.from(
      this.#changed,
      vscode.languages.onDidChangeDiagnostics(() => { this.#later(); }),
      server.onIndexed(() => { this.#later(); }),
    );
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscriptions.dispose();
  }

  #later(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#changed.fire();
    }, REST);
  }
}
