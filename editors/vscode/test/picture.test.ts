import assert from "node:assert/strict";
import { test } from "node:test";

import type { Finding, Knot } from "../src/answers";
import { escaped, pictureOf, ringOf } from "../src/picture";

function finding(...cycle: string[]): Finding {
  const places = cycle.map((member, line) => ({
    uri: `file:///${member}.py`,
    range: { start: { line, character: 7 }, end: { line, character: 9 } },
    message: `${member} imports something`,
  }));
  return { cycle, severity: "warning", places };
}

function knot(cut: Knot["cut"], ...findings: Finding[]): Knot {
  return { code: "import-cycle", size: new Set(findings.flatMap((one) => one.cycle)).size, cut, findings };
}

function labels(html: string): string[] {
  return [...html.matchAll(/<g class="([a-z ]+)".*?aria-label="([^"]*)"/g)].map(([, kind, label]) => `${kind ?? ""}: ${label ?? ""}`);
}

const CUT = [{ source: "b", target: "a", names: ["f", "g"] }];

test("each import is drawn once, behind its module; what to cut says so", () => {
  const { html } = pictureOf([knot(CUT, finding("a", "b"), finding("b", "a"), finding("a", "c", "b"), finding("c", "b", "a"))]);
  assert.deepEqual(labels(html), [
    "module: a",
    "import: a imports b",
    "import: a imports c",
    "module: b",
    "import cut: b imports a, cheapest to cut (f, g)",
    "module: c",
    "import: c imports b",
  ]);
  assert.match(html, /3 modules, 4 imports\. Cheapest to cut: b imports a/);
});

test("a click on an import goes to it, one on a module to its file", () => {
  const { html, places } = pictureOf([knot([], finding("a", "b"))]);
  const numbers = [...html.matchAll(/data-place="(\d+)"/g)].map(([, number]) => Number(number));
  assert.deepEqual(numbers.map((number) => `${places[number]?.uri ?? ""}:${places[number]?.range.start.character ?? -1}`), [
    "file:///a.py:0", "file:///a.py:7", "file:///b.py:0", "file:///b.py:7",
  ]);
});

test("modules can be reached by the keyboard, imports from them", () => {
  const { html } = pictureOf([knot([], finding("a", "b"))]);
  assert.deepEqual([...html.matchAll(/<g [^>]*tabindex="(-?\d)"/g)].map(([, index]) => index), ["0", "-1", "0", "-1"]);
});

test("nothing in it is a style or a script, whatever modules are called", () => {
  const { html } = pictureOf([knot([], finding("a<script>\"'&", "b"))]);
  assert.doesNotMatch(html, /<script|style=|\son\w+=/);
  assert.match(html, /a&lt;script&gt;&quot;&#39;&amp;/);
  assert.equal(escaped("x"), "x");
});

test("large knots come first, and every number in them is finite", () => {
  const many = Array.from({ length: 60 }, (_, at) => `pkg.module_${at}`);
  const { html } = pictureOf([knot([], finding("x", "y")), knot([], finding(...many))]);
  assert.ok(html.indexOf("60 modules") < html.indexOf("2 modules"));
  assert.doesNotMatch(html, /NaN|Infinity/);
});

test("the ring follows imports", () => {
  const arrows = [["a", "d"], ["d", "c"], ["c", "b"], ["b", "a"]].map(([source = "", target = ""]) => ({ source, target }));
  assert.deepEqual(ringOf(arrows), ["a", "d", "c", "b"]);
});

test("what all modules begin with is said once", () => {
  const { html } = pictureOf([knot([{ source: "p.a", target: "p.b", names: [] }], finding("p.a", "p.b"))]);
  assert.match(html, /In p: 2 modules, 2 imports\. Cheapest to cut: a imports b/);
  assert.match(html, /data-module="p\.a".*<title>p\.a<\/title>.*>a<\/text>/);
});

test("no cycles, no picture", () => {
  assert.equal(pictureOf([]).html, "<p>No import cycles.</p>");
});
