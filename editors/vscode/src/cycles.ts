/** The view "Import Cycles": what `isg.cycles` gives, as a tree. Asked for only while somebody looks. */

import * as vscode from "vscode";

import { CYCLE_KINDS, type Cycles } from "./answers";
import type { Changes } from "./changes";
import { rowsOf, type Row } from "./knots";
import { said, type Server } from "./server";

export class CyclesView implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  readonly #view: vscode.TreeView<Row>;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #subscriptions: { dispose(): unknown }[];
  readonly onDidChangeTreeData = this.#changed.event;
  #stale = false;

  constructor(private readonly server: Server, changes: Changes) {
    this.#view = vscode.window.createTreeView("isgCycles", { treeDataProvider: this, showCollapseAll: true });
    this.#subscriptions = [
      this.#view,
      this.#changed,
      this.#view.onDidChangeVisibility(({ visible }) => {
        if (visible && this.#stale) {
          this.refresh();
        }
      }),
      changes.onChanged(() => { this.#change(); }),
      server.onStopped(() => { this.#change(); }),
    ];
  }

  /** Opens the view and asks again. */
  async show(): Promise<void> {
    await vscode.commands.executeCommand("isgCycles.focus");
    this.refresh();
  }

  refresh(): void {
    this.#stale = false;
    this.#changed.fire(undefined);
  }

  #change(): void {
    this.#stale = true;
    if (this.#view.visible) {
      this.refresh();
    }
  }

  async getChildren(row?: Row): Promise<Row[]> {
    if (row !== undefined) {
      return [...row.rows];
    }
    try {
      const { knots } = await this.server.ask<Cycles>("isg.cycles", { kinds: CYCLE_KINDS });
      const findings = knots.reduce((sum, knot) => sum + knot.findings.length, 0);
      this.#view.message = knots.length === 0 ? "No import cycles." : "";
      this.#view.badge = findings === 0 ? undefined : { value: findings, tooltip: `${findings} imports on cycles` };
      return rowsOf(knots);
    } catch (error) {
      this.#view.message = said(error);
      this.#view.badge = undefined;
      return [];
    }
  }

  getTreeItem(row: Row): vscode.TreeItem {
    const { None, Collapsed } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(row.label, row.rows.length === 0 ? None : Collapsed);
    item.description = row.description;
    item.tooltip = row.tooltip;
    item.contextValue = row.cut ? "cut" : "row";
    item.iconPath = icon(row);
    if (row.target !== undefined) {
      item.command = { command: "isg.openPlace", title: "Go There", arguments: [row.target, true] };
    }
    return item;
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }
}

function icon(row: Row): vscode.ThemeIcon {
  if (row.cut) {
    return new vscode.ThemeIcon("debug-disconnect", new vscode.ThemeColor("charts.red"));
  }
  const icons: Readonly<Record<string, string>> = { error: "error", warning: "warning", information: "info", hint: "lightbulb" };
  return new vscode.ThemeIcon(row.severity === undefined ? "references" : (icons[row.severity] ?? "references"));
}
