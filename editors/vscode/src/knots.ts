/** The view of cycles as plain values: knots, their findings, and the steps of each. */

import type { Cut, Finding, Knot, Range } from "./answers";
import { listed } from "./labels";

export interface Row {
  readonly label: string;
  readonly description: string;
  readonly tooltip: string;
  /** A part of the smallest work that leaves the knot without a cycle. */
  readonly cut: boolean;
  readonly severity: string | undefined;
  /** Where a click goes. */
  readonly target: { readonly uri: string; readonly range: Range } | undefined;
  readonly rows: readonly Row[];
}

/** One row for each knot, large ones first. */
export function rowsOf(knots: readonly Knot[]): Row[] {
  return [...knots].sort((a, b) => b.size - a.size).map(knotRow);
}

function knotRow(knot: Knot): Row {
  const members = [...new Set(knot.findings.flatMap((finding) => finding.cycle))];
  const cut = knot.cut.map((one) => `- ${sentence(one)}`);
  return {
    label: `${knot.size} modules`,
    // The usual kind goes without saying: names are what knots are told apart by.
    description: `${knot.code === "import-cycle" ? "" : `${knot.code}: `}${listed(members)}`,
    tooltip: cut.length > 0 ? ["No cycle is left without:", ...cut].join("\n") : members.join("\n"),
    cut: false,
    severity: undefined,
    target: undefined,
    rows: knot.findings.map((finding) => findingRow(knot, finding)),
  };
}

function findingRow(knot: Knot, finding: Finding): Row {
  const [own] = finding.places;
  const rows = finding.places.map((_, step) => stepRow(knot, finding, step));
  return {
    label: [...finding.cycle, ...finding.cycle.slice(0, 1)].join(" → "),
    description: rows[0]?.cut === true ? "cut here" : "",
    tooltip: own?.message ?? "",
    cut: rows[0]?.cut === true,
    severity: finding.severity,
    target: own,
    rows,
  };
}

function stepRow(knot: Knot, finding: Finding, step: number): Row {
  const { cycle, places } = finding;
  const source = cycle[step % cycle.length] ?? "";
  const target = cycle[(step + 1) % cycle.length] ?? "";
  const cut = knot.cut.find((one) => one.source === source && one.target === target);
  return {
    label: `${source} → ${target}`,
    description: cut === undefined ? "" : `cut here: ${cut.names.join(", ")}`,
    tooltip: cut === undefined ? (places[step]?.message ?? "") : sentence(cut),
    cut: cut !== undefined,
    severity: undefined,
    target: places[step],
    rows: [],
  };
}

function sentence(cut: Cut): string {
  const names = cut.names.length > 0 ? ` (${cut.names.join(", ")})` : "";
  return `${cut.source} imports ${cut.target}${names}`;
}
