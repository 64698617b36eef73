/** The commands of the palette that show what a command of the server gives. */

import * as vscode from "vscode";

import type { BlastRadius, Dependent, LlmContext, Range } from "./answers";
import type { Server } from "./server";

interface Target {
  readonly uri: string;
  readonly position?: { readonly line: number; readonly character: number };
}

/** The symbol at the cursor; a file, where one was chosen in the explorer. */
function target(file: vscode.Uri | undefined): Target {
  if (file !== undefined) {
    return { uri: file.toString() };
  }
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) {
    throw new Error("Open a file and put the cursor on a symbol first.");
  }
  const { line, character } = editor.selection.active;
  return { uri: editor.document.uri.toString(), position: { line, character } };
}

/** Shows a place that the server gave; `preserveFocus`: the keyboard stays where it is, as in a tree. */
export async function openPlace(
  place: { readonly uri: string; readonly range: Range },
  preserveFocus = false,
  viewColumn: vscode.ViewColumn = vscode.ViewColumn.Active,
): Promise<void> {
  const { start, end } = place.range;
  const selection = new vscode.Range(start.line, start.character, end.line, end.character);
  await vscode.window.showTextDocument(vscode.Uri.parse(place.uri), { selection, preserveFocus, viewColumn });
}

interface DependentPick extends vscode.QuickPickItem {
  readonly dependent?: Dependent;
}

/** Lists what depends on a symbol or file, near ones first; what is chosen is opened. */
export async function showBlastRadius(server: Server, file?: vscode.Uri): Promise<void> {
  const found = await server.ask<BlastRadius>("isg.blastRadius", target(file));
  if (found.count === 0) {
    void vscode.window.showInformationMessage("Nothing depends on this.");
    return;
  }
  const chosen = await vscode.window.showQuickPick(dependentPicks(found), {
    title: `${found.truncated ? "At least " : ""}${found.count} depend on this`,
    matchOnDescription: true,
  });
  if (chosen?.dependent !== undefined) {
    await openPlace(chosen.dependent.location);
  }
}

function dependentPicks(found: BlastRadius): DependentPick[] {
  return found.dependents.flatMap((dependent, at): DependentPick[] => {
    const { label, hops, relation, via, confidence, test } = dependent;
    const pick = {
      label: test ? `$(beaker) ${label}` : label,
      description: `${relation} ${via}${confidence === "certain" ? "" : `, ${confidence}`}`,
      dependent,
    };
    if (found.dependents[at - 1]?.hops === hops) {
      return [pick];
    }
    const separator = `${hops} ${hops === 1 ? "hop" : "hops"} away: ${found.byHops[hops - 1] ?? 0}`;
    return [{ label: separator, kind: vscode.QuickPickItemKind.Separator }, pick];
  });
}

/** Asks for budget, level and destination, then puts what a language model should know there. */
export async function copyLlmContext(server: Server, file?: vscode.Uri): Promise<void> {
  const about = target(file);
  const budget = await pickBudget();
  const level = budget === undefined ? undefined : await pickLevel();
  if (level === undefined) {
    return;
  }
  const destinations = [{ label: "$(clippy) Clipboard" }, { label: "$(new-file) New Document", document: true }];
  const destination = await vscode.window.showQuickPick(destinations, { title: "Copy LLM Context: where to" });
  if (destination === undefined) {
    return;
  }
  const made = await server.ask<LlmContext>("isg.llmContext", { ...about, budget, level });
  if (destination.document === true) {
    const document = await vscode.workspace.openTextDocument({ language: "markdown", content: made.text });
    await vscode.window.showTextDocument(document);
  } else {
    await vscode.env.clipboard.writeText(made.text);
  }
  vscode.window.setStatusBarMessage(`isg: about ${made.tokens} tokens of context`, 5_000);
}

async function pickBudget(): Promise<number | undefined> {
  const budgets = [4_000, 1_000, 2_000, 8_000, 16_000, 32_000];
  const picks = budgets.map((tokens) => ({ label: `${tokens} tokens`, tokens }));
  return (await vscode.window.showQuickPick(picks, { title: "Copy LLM Context: budget" }))?.tokens;
}

async function pickLevel(): Promise<number | undefined> {
  const levels = [
    { label: "Level 2", description: "in full; neighbours with doc comments, the nearest with bodies", level: 2 },
    { label: "Level 1", description: "in full; neighbours' signatures", level: 1 },
    { label: "Level 0", description: "signatures; what neighbours have to do with it", level: 0 },
  ];
  return (await vscode.window.showQuickPick(levels, { title: "Copy LLM Context: level" }))?.level;
}

/** Deletes the stored index once the user has agreed. */
export async function clearIndex(server: Server): Promise<void> {
  const agreed = "Clear";
  const detail = "The stored index of every open folder is deleted and made anew.";
  if ((await vscode.window.showWarningMessage("Clear the index of isg?", { modal: true, detail }, agreed)) === agreed) {
    await server.ask("isg.clearIndex");
  }
}
