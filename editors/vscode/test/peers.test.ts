import assert from "node:assert/strict";
import { test } from "node:test";

import { activePeers } from "../src/peers";

test("peers that run are told by name, others are not", () => {
  const running = new Set(["rust-lang.rust-analyzer", "astral-sh.ty", "somebody.else"]);
  assert.deepEqual(activePeers((id) => running.has(id)), ["rust-analyzer", "ty"]);
});

test("no peers", () => {
  assert.deepEqual(activePeers(() => false), []);
});
