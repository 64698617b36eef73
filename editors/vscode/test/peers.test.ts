import assert from "node:assert/strict";
import { test } from "node:test";

import { namesOf, PEERS, withPeers } from "../src/peers";

function peers(...names: string[]): typeof PEERS {
  return PEERS.filter(({ name }) => names.includes(name));
}

test("peers go by the names that the server knows", () => {
  assert.deepEqual(namesOf(peers("rust-analyzer", "ty"), undefined), ["rust-analyzer", "ty"]);
  assert.deepEqual(namesOf([], undefined), []);
});

test("Pylance counts where it is asked for, and Jedi where it is", () => {
  assert.deepEqual(namesOf(peers("pylance"), "Pylance"), ["pylance"]);
  assert.deepEqual(namesOf(peers("pylance"), "None"), []);
  assert.deepEqual(namesOf(peers("pylance"), "Default"), ["pylance"]);
  assert.deepEqual(namesOf(peers("pylance"), "Jedi"), ["jedi-language-server"]);
  assert.deepEqual(namesOf(peers("ty"), "Default"), ["ty", "jedi-language-server"]);
});

test("settings get the peers that are there, unless the user has named some", () => {
  assert.deepEqual(withPeers({ mode: "full", peers: [] }, ["ty"]), { mode: "full", peers: ["ty"] });
  assert.deepEqual(withPeers({}, ["ty"]), { peers: ["ty"] });
  assert.deepEqual(withPeers({ peers: ["pylsp"] }, ["ty"]), { peers: ["pylsp"] });
  assert.equal(withPeers(null, ["ty"]), null);
});
