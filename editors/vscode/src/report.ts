/** The state of the index as a Markdown page. */

import type { RootStatus } from "./answers";

type Counts = Readonly<Record<string, number>>;

/** One section for each root. */
export function report(roots: readonly RootStatus[]): string {
  return ["# Index of isg", ...roots.map(section)].join("\n\n") + "\n";
}

function section(root: RootStatus): string {
  const title = `## ${decodeURIComponent(root.root)}`;
  if (root.indexed === false) {
    return `${title}\n\n${root.indexing ? "The first index is being made." : "There is no index yet."}`;
  }
  const rows: [string, string][] = [
    ["state", root.indexing ? "is being brought up to date" : "ready"],
    ["documents", counts(root.documents)],
    ["linked", `${root.linked ?? 0}`],
    ["symbols", counts(root.symbols)],
    ["relations", counts(root.relations)],
    ["size", `${((root.size_bytes ?? 0) / 1_048_576).toFixed(1)} MiB`],
    ["last run, seconds", counts(root.seconds)],
    ["kept in", root.location === undefined ? "" : `\`${root.location}\``],
    ["versions", pairs(root.versions).join(", ")],
  ];
  const errors = root.errors ?? [];
  const listed = errors.map((error) => `- ${typeof error === "string" ? error : JSON.stringify(error)}`);
  const told = errors.length > 0 ? ["", "### Problems", "", ...listed] : [];
  return [title, "", "| | |", "|---|---|", ...rows.map(([name, value]) => `| ${name} | ${value} |`), ...told].join("\n");
}

function counts(values: Counts | undefined): string {
  return pairs(values).join(", ") || "none";
}

function pairs(values: Readonly<Record<string, number | string>> | undefined): string[] {
  return Object.entries(values ?? {}).map(([name, value]) => `${name} ${value}`);
}
