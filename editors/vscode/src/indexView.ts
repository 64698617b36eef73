/** The view "Index Status". Asked for only while somebody looks: the server reads every document for it. */

import * as vscode from "vscode";

import type { Memory, RootStatus } from "./answers";
import { statusRows, type StatusRow } from "./indexRows";
import { said, type Server } from "./server";

export class IndexView implements vscode.TreeDataProvider<StatusRow>, vscode.Disposable {
  readonly #view: vscode.TreeView<StatusRow>;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #subscriptions: { dispose(): unknown }[];
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(private readonly server: Server) {
    this.#view = vscode.window.createTreeView("isgIndex", { treeDataProvider: this });
    this.#subscriptions = [
      this.#view,
      this.#changed,
      this.#view.onDidChangeVisibility(({ visible }) => {
        if (visible) {
          this.refresh();
        }
      }),
      ...[server.onIndexed, server.onStopped].map((event) =>
        event(() => {
          if (this.#view.visible) {
            this.refresh();
          }
        }),
      ),
    ];
  }

  /** Opens the view and asks again. */
  async show(): Promise<void> {
    await vscode.commands.executeCommand("isgIndex.focus");
    this.refresh();
  }

  refresh(): void {
    this.#changed.fire(undefined);
  }

  async getChildren(row?: StatusRow): Promise<StatusRow[]> {
    if (row !== undefined) {
      return [...row.rows];
    }
    try {
      const [roots, memory] = await Promise.all([this.server.ask<RootStatus[]>("isg.status"), this.server.ask<Memory>("isg.memory")]);
      this.#view.message = "";
      return statusRows(roots, memory);
    } catch (error) {
      this.#view.message = said(error);
      return [];
    }
  }

  getTreeItem(row: StatusRow): vscode.TreeItem {
    const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
    const open = row.icon === "root-folder" || row.icon === "sync" ? Expanded : Collapsed;
    const item = new vscode.TreeItem(row.label, row.rows.length === 0 ? None : open);
    item.description = row.description;
    item.tooltip = `${row.label}: ${row.description}`;
    item.iconPath = new vscode.ThemeIcon(row.icon);
    if (row.file !== undefined) {
      item.command = { command: "vscode.open", title: "Open", arguments: [vscode.Uri.parse(row.file)] };
    }
    return item;
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }
}
