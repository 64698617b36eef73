import assert from "node:assert/strict";
import { test } from "node:test";

import type { Finding, Knot } from "../src/answers";
import { rowsOf, type Row } from "../src/knots";

function finding(...cycle: string[]): Finding {
  const places = cycle.map((member, line) => ({
    uri: `file:///${member}.py`,
    range: { start: { line, character: 0 }, end: { line, character: 9 } },
    message: `${member} imports something`,
  }));
  return { cycle, severity: "warning", places };
}

function knot(cut: Knot["cut"], ...findings: Finding[]): Knot {
  return { code: "import-cycle", size: new Set(findings.flatMap((one) => one.cycle)).size, cut, findings };
}

/** The tree as text; what is to be cut is marked with an asterisk. */
function shown(rows: readonly Row[], depth = 0): string[] {
  return rows.flatMap((row) => [`${"  ".repeat(depth)}${row.cut ? "*" : ""}${row.label}`, ...shown(row.rows, depth + 1)]);
}

const CUT = [{ source: "b", target: "a", names: ["f", "g"] }];

test("knots, findings, steps; what to cut is marked wherever it is a step", () => {
  assert.deepEqual(shown(rowsOf([knot(CUT, finding("a", "b"), finding("b", "a"))])), [
    "2 modules",
    "  a → b → a",
    "    a → b",
    "    *b → a",
    "  *b → a → b",
    "    *b → a",
    "    a → b",
  ]);
});

test("large knots come first", () => {
  const rows = rowsOf([knot([], finding("a", "b")), knot([], finding("x", "y", "z"))]);
  assert.deepEqual(rows.map((row) => row.label), ["3 modules", "2 modules"]);
});

test("a click goes to the import of the step", () => {
  const [row] = rowsOf([knot(CUT, finding("a", "b"))]);
  const [found] = row?.rows ?? [];
  assert.equal(row?.target, undefined);
  assert.equal(found?.target?.uri, "file:///a.py");
  assert.deepEqual(found.rows.map((step) => step.target?.uri), ["file:///a.py", "file:///b.py"]);
});

test("a knot says what to cut, a step what would have to move", () => {
  const [row] = rowsOf([knot(CUT, finding("a", "b"))]);
  assert.equal(row?.tooltip, "No cycle is left without:\n- b imports a (f, g)");
  assert.equal(row.description, "a, b");
  assert.equal(row.rows[0]?.rows[1]?.description, "cut here: f, g");
});

test("no knots, no rows", () => {
  assert.deepEqual(rowsOf([]), []);
});
