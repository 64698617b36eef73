/** "Show Import Cycle Graph": the picture of cycles in a panel. It can reach nothing but its own style and script. */

import { randomBytes } from "node:crypto";
import * as vscode from "vscode";

import { CYCLE_KINDS, type Cycles, type Place } from "./answers";
import type { Changes } from "./changes";
import { openPlace } from "./commands";
import { escaped, pictureOf } from "./picture";
import { said, type Server } from "./server";

export class GraphPanel implements vscode.Disposable {
  #panel: vscode.WebviewPanel | undefined;
  #places: readonly Place[] = [];
  #stale = false;
  readonly #subscription: vscode.Disposable;

  constructor(private readonly server: Server, private readonly media: vscode.Uri, changes: Changes) {
    const change = (): void => { this.#change(); };
    this.#subscription = vscode.Disposable.from(changes.onChanged(change), server.onStopped(change));
  }

  /** Opens the panel or brings it to the front, and asks again. */
  async show(): Promise<void> {
    if (this.#panel === undefined) {
      this.#panel = this.#made();
    } else {
      this.#panel.reveal();
    }
    await this.#render();
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#panel?.dispose();
  }

  #made(): vscode.WebviewPanel {
    const panel = vscode.window.createWebviewPanel("isgCycleGraph", "Import Cycle Graph", vscode.ViewColumn.Beside, {
      enableScripts: true,
      localResourceRoots: [this.media],
      enableFindWidget: true,
    });
    panel.onDidDispose(() => { this.#panel = undefined; });
    panel.onDidChangeViewState(() => {
      if (panel.visible && this.#stale) {
        void this.#render();
      }
    });
    panel.webview.onDidReceiveMessage((number: unknown) => {
      const place = typeof number === "number" ? this.#places[number] : undefined;
      if (place !== undefined) {
        void openPlace(place, false, vscode.ViewColumn.One);
      }
    });
    return panel;
  }

  #change(): void {
    this.#stale = true;
    if (this.#panel?.visible === true) {
      void this.#render();
    }
  }

  async #render(): Promise<void> {
    this.#stale = false;
    let body: string;
    try {
      const { knots } = await this.server.ask<Cycles>("isg.cycles", { kinds: CYCLE_KINDS });
      const picture = pictureOf(knots);
      this.#places = picture.places;
      body = picture.html;
    } catch (error) {
      this.#places = [];
      body = `<p>${escaped(said(error))}</p>`;
    }
    const webview = this.#panel?.webview;
    if (webview !== undefined) {
      webview.html = this.#page(webview, body);
    }
  }

  #page(webview: vscode.Webview, body: string): string {
    const nonce = randomBytes(16).toString("base64");
    const file = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(this.media, name)).toString();
    const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'`;
    return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>Import Cycle Graph</title>
<link rel="stylesheet" href="${file("graph.css")}">
</head>
<body>
<p class="keys">Tab goes from module to module, the arrow keys along their imports, Enter opens.</p>
${body}
<script nonce="${nonce}" src="${file("graph.js")}"></script>
</body>
</html>`;
  }
}
