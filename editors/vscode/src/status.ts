/** The item in the status bar: whether the server runs and how far its index is. */

import * as vscode from "vscode";
import type { WorkDoneProgressBegin, WorkDoneProgressEnd, WorkDoneProgressReport } from "vscode-languageclient";

type Step = WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd;

export class StatusItem implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem("isg.status", vscode.StatusBarAlignment.Right, 0);
  #memory = "";
  /** The runs of indexing that are under way, by token. */
  readonly #runs = new Map<string | number, { title: string; message: string; percent: number }>();

  constructor() {
    this.#item.name = "isg";
    this.starting();
    this.#item.show();
  }

  starting(): void {
    this.#runs.clear();
    this.#show("$(loading~spin) isg", "isg starts", "isg.showOutput");
  }

  running(): void {
    this.#render();
  }

  stopped(): void {
    this.#runs.clear();
    this.#show("$(circle-slash) isg", "isg does not run. Click to start it again.", "isg.restartServer");
  }

  failed(problem: string): void {
    this.#runs.clear();
    this.#show("$(error) isg", problem, "isg.showOutput");
  }

  /** How much memory the server has, in words; "" where it is not known. */
  memory(text: string): void {
    this.#memory = text;
    if (this.#item.command === "isg.showIndexStatus") {
      this.#render();
    }
  }

  /** One step of a progress that the server reports. */
  progress(token: string | number, step: Step): void {
    if (step.kind === "end") {
      this.#runs.delete(token);
    } else {
      const known = this.#runs.get(token);
      this.#runs.set(token, {
        title: step.kind === "begin" ? step.title : (known?.title ?? "isg"),
        message: step.message ?? "",
        percent: step.percentage ?? known?.percent ?? 0,
      });
    }
    this.#render();
  }

  dispose(): void {
    this.#item.dispose();
  }

  #render(): void {
    const runs = [...this.#runs.values()];
    if (runs.length === 0) {
      const lines = ["The index of isg is up to date. Click for what it holds.", ...this.#inMemory()];
      this.#show("$(check) isg", lines.join("\n"), "isg.showIndexStatus");
      return;
    }
    const percent = Math.min(...runs.map((run) => run.percent));
    const lines = runs.map((run) => (run.message === "" ? run.title : `${run.title}: ${run.message}`));
    this.#show(`$(sync~spin) isg ${percent}%`, [...lines, ...this.#inMemory()].join("\n"), "isg.showIndexStatus");
  }

  #inMemory(): string[] {
    return this.#memory === "" ? [] : [`Memory of the server: ${this.#memory}.`];
  }

  #show(text: string, tooltip: string, command: string): void {
    this.#item.text = text;
    this.#item.tooltip = tooltip;
    this.#item.command = command;
    this.#item.accessibilityInformation = { label: tooltip };
  }
}
