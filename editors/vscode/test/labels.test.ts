import assert from "node:assert/strict";
import { test } from "node:test";

import { commonStart, listed } from "../src/labels";

test("names begin together where all of them are in a package", () => {
  assert.equal(commonStart(["a::b::c", "a::b::d", "a::b::e::f"]), "a::b::");
  assert.equal(commonStart(["a.b", "a.bc"]), "a.");
  assert.equal(commonStart(["a", "a.b"]), "");
  assert.equal(commonStart(["a.b", "c.b"]), "");
});

test("a list says once what its names begin with", () => {
  assert.equal(listed(["a::b::c", "a::b::d"]), "c, d in a::b");
  assert.equal(listed(["a", "a.b"]), "a, a.b");
});
