import assert from "node:assert/strict";
import { test } from "node:test";

import { atLeast, parsed, tooOld } from "../src/versions";

test("versions are compared part by part, as numbers", () => {
  assert.ok(atLeast([3, 11], [3, 11]));
  assert.ok(atLeast([3, 11, 0], [3, 11]));
  assert.ok(atLeast([3, 100], [3, 11]));
  assert.ok(atLeast([4], [3, 11]));
  assert.ok(!atLeast([3, 9, 18], [3, 11]));
  assert.ok(!atLeast([3], [3, 11]));
});

test("a version's text may have more behind its numbers", () => {
  assert.deepEqual(parsed("0.2.0.dev1"), [0, 2, 0]);
  assert.deepEqual(parsed("1.4rc2"), [1, 4]);
  assert.equal(parsed("unknown"), undefined);
});

test("a server that is as new as the extension or newer is no problem", () => {
  assert.equal(tooOld("0.2.0", "0.2.0", "PATH"), undefined);
  assert.equal(tooOld("0.10.0", "0.9.1", "PATH"), undefined);
});

test("an older server is named, with where it is from and what to do", () => {
  const told = tooOld("0.1.9", "0.2.0", "PATH") ?? "";
  assert.match(told, /is 0\.1\.9 \(from PATH\) and older than this extension, 0\.2\.0\. Update it/);
  assert.match(tooOld(undefined, "0.2.0", "PATH") ?? "", /of an unknown version/);
});
