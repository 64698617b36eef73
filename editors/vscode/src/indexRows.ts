/** The view of the index as plain values: a row for each root, below it documents, sizes, timings and problems. */

import type { Memory, RootStatus } from "./answers";

export interface StatusRow {
  readonly label: string;
  readonly description: string;
  /** A codicon. */
  readonly icon: string;
  /** The file that a click opens. */
  readonly file: string | undefined;
  readonly rows: readonly StatusRow[];
}

type Counts = Readonly<Record<string, number>>;

/** One row for each root, and one for the server's memory. */
export function statusRows(roots: readonly RootStatus[], memory: Memory): StatusRow[] {
  const own = memory.bytes === null ? [] : [row("Memory of the server", megabytes(memory.bytes), "server-process")];
  return [...roots.map(rootRow), ...own];
}

function rootRow(root: RootStatus): StatusRow {
  const name = decodeURIComponent(root.root).replace(/\/$/, "").split("/").pop() ?? root.root;
  const state = root.indexing ? "is being brought up to date" : root.scanned === true ? "up to date" : "as it was stored";
  return row(name, state, root.indexing ? "sync" : "root-folder", [
    counted("Documents", root.documents, "file-code"),
    counted("Symbols", root.symbols, "symbol-class"),
    counted("Relations", root.relations, "references"),
    row("Linked", `${root.linked ?? 0} documents`, "link"),
    row("Size", megabytes(root.size_bytes ?? 0), "database"),
    timings(root.seconds ?? {}),
    problems(root),
    row("Versions", "", "versions", Object.entries(root.versions ?? {}).map(([name, version]) => row(name, version, "package"))),
    row("Kept in", root.location ?? "", "folder"),
  ]);
}

function counted(label: string, counts: Counts | undefined, icon: string): StatusRow {
  const each = Object.entries(counts ?? {}).sort(([, a], [, b]) => b - a);
  const total = each.reduce((sum, [, count]) => sum + count, 0);
  return row(label, `${total}`, icon, each.map(([name, count]) => row(name.replaceAll("_", " "), `${count}`, "circle-small")));
}

function timings(seconds: Counts): StatusRow {
  const each = Object.entries(seconds);
  const total = each.reduce((sum, [, one]) => sum + one, 0);
  return row("Last run", `${total.toFixed(2)} s`, "watch", each.map(([stage, one]) => row(stage, `${one.toFixed(2)} s`, "circle-small")));
}

function problems(root: RootStatus): StatusRow {
  const errors = root.errors ?? [];
  const stages = [...new Set(errors.map((error) => error.stage))].sort();
  const rows = stages.map((stage) => {
    const own = errors.filter((error) => error.stage === stage);
    const files = own.map((error) => row(error.path, error.message, "file", [], fileUri(root.root, error.path)));
    return row(stage, `${own.length}`, "warning", files);
  });
  return row("Problems", `${errors.length}`, errors.length === 0 ? "pass" : "warning", rows);
}

function fileUri(root: string, path: string): string {
  return `${root.replace(/\/$/, "")}/${path.split("/").map(encodeURIComponent).join("/")}`;
}

/** As people read it. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}

function row(label: string, description: string, icon: string, rows: readonly StatusRow[] = [], file?: string): StatusRow {
  return { label, description, icon, file, rows };
}
