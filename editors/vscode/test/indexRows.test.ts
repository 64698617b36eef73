import assert from "node:assert/strict";
import { test } from "node:test";

import { statusRows, type StatusRow } from "../src/indexRows";

function shown(rows: readonly StatusRow[], depth = 0): string[] {
  return rows.flatMap((row) => [`${"  ".repeat(depth)}${row.label}: ${row.description}`, ...shown(row.rows, depth + 1)]);
}

const ROOT = {
  root: "file:///code/my%20app",
  indexing: false,
  scanned: true,
  location: "/cache/my app",
  documents: { rust: 1, python: 3 },
  symbols: { type_alias: 2 },
  relations: {},
  linked: 4,
  size_bytes: 2_097_152,
  seconds: { extract: 0.5, link: 0.25 },
  versions: { "isg-lsp": "0.1.0" },
  errors: [
    { path: "a b/c.py", stage: "parse", message: "syntax error" },
    { path: "d.py", stage: "decode", message: "not UTF-8" },
    { path: "e.py", stage: "parse", message: "syntax error" },
  ],
};

test("an index tells its counts, size, times, and problems by stage", () => {
  assert.deepEqual(shown(statusRows([ROOT], { bytes: 58_300_000 })), [
    "my app: up to date",
    "  Documents: 4",
    "    python: 3",
    "    rust: 1",
    "  Symbols: 2",
    "    type alias: 2",
    "  Relations: 0",
    "  Linked: 4 documents",
    "  Size: 2.1 MB",
    "  Last run: 0.75 s",
    "    extract: 0.50 s",
    "    link: 0.25 s",
    "  Problems: 3",
    "    decode: 1",
    "      d.py: not UTF-8",
    "    parse: 2",
    "      a b/c.py: syntax error",
    "      e.py: syntax error",
    "  Versions: ",
    "    isg-lsp: 0.1.0",
    "  Kept in: /cache/my app",
    "Memory of the server: 58 MB",
  ]);
});

test("a click on a problem opens its file", () => {
  const [root] = statusRows([ROOT], { bytes: null });
  const parse = root?.rows.find((row) => row.label === "Problems")?.rows[1];
  assert.deepEqual(parse?.rows.map((row) => row.file), ["file:///code/my%20app/a%20b/c.py", "file:///code/my%20app/e.py"]);
});

test("states are told; memory that is not known is not", () => {
  const roots = [{ root: "file:///a/", indexing: true }, { root: "file:///b", indexing: false }];
  assert.deepEqual(statusRows(roots, { bytes: null }).map((row) => `${row.label}: ${row.description}`), [
    "a: is being brought up to date",
    "b: as it was stored",
  ]);
});
