import assert from "node:assert/strict";
import { test } from "node:test";

import { report } from "../src/report";

test("a root without an index says so", () => {
  const text = report([{ root: "file:///code/my%20app", indexing: true, indexed: false }]);
  assert.equal(text, "# Index of isg\n\n## file:///code/my app\n\nThe first index is being made.\n");
});

test("an index tells its counts, size, times and problems", () => {
  const text = report([
    {
      root: "file:///code",
      indexing: false,
      indexed: true,
      location: "/cache/code",
      documents: { python: 3, rust: 1 },
      linked: 4,
      size_bytes: 2_097_152,
      seconds: { extract: 0.5 },
      errors: [{ path: "a.py", stage: "read" }, "b.py is too large"],
    },
  ]);
  for (const row of [
    "| state | ready |",
    "| documents | python 3, rust 1 |",
    "| linked | 4 |",
    "| symbols | none |",
    "| size | 2.0 MiB |",
    "| last run, seconds | extract 0.5 |",
    "| kept in | `/cache/code` |",
    '- {"path":"a.py","stage":"read"}',
    "- b.py is too large",
  ]) {
    assert.ok(text.split("\n").includes(row), `${row} in:\n${text}`);
  }
});

test("one section for each root", () => {
  const roots = ["file:///a", "file:///b"].map((root) => ({ root, indexing: false, indexed: false }));
  assert.deepEqual(report(roots).match(/^## .*$/gm), ["## file:///a", "## file:///b"]);
});
