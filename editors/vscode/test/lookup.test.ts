import assert from "node:assert/strict";
import { test } from "node:test";

import { lookUp, type Sources } from "../src/lookup";

const NONE: Sources = {
  setting: "",
  interpreter: () => Promise.resolve(undefined),
  searchPath: "",
  home: "/h/ann",
  folder: "/code/app",
  windows: false,
};

async function program(sources: Partial<Sources>, ...files: string[]): Promise<string> {
  const found = await lookUp({ ...NONE, ...sources }, (file) => Promise.resolve(files.includes(file)));
  return "program" in found ? found.program : found.problem;
}

test("the setting comes before all else", async () => {
  const sources = { setting: "/opt/isg", interpreter: () => Promise.resolve("/env/bin/python"), searchPath: "/bin" };
  assert.equal(await program(sources, "/opt/isg", "/env/bin/isg", "/bin/isg"), "/opt/isg");
});

test("a setting that leads nowhere starts nothing else", async () => {
  const problem = await program({ setting: "/opt/isg", searchPath: "/bin" }, "/bin/isg");
  assert.equal(problem, "The setting isg.path names /opt/isg, which is no file.");
});

test("the setting may name the home directory and the folder", async () => {
  assert.equal(await program({ setting: "~/bin/isg" }, "/h/ann/bin/isg"), "/h/ann/bin/isg");
  assert.equal(await program({ setting: "${userHome}/isg" }, "/h/ann/isg"), "/h/ann/isg");
  assert.equal(await program({ setting: "${workspaceFolder}/.venv/bin/isg" }, "/code/app/.venv/bin/isg"), "/code/app/.venv/bin/isg");
});

test("the selected environment comes before PATH", async () => {
  const sources = { interpreter: () => Promise.resolve("/env/bin/python"), searchPath: "/bin" };
  assert.equal(await program(sources, "/env/bin/isg", "/bin/isg"), "/env/bin/isg");
  assert.equal(await program(sources, "/bin/isg"), "/bin/isg");
});

test("the interpreter is not asked for where the setting decides", async () => {
  const interpreter = (): Promise<undefined> => assert.fail("asked for");
  assert.equal(await program({ setting: "/opt/isg", interpreter }, "/opt/isg"), "/opt/isg");
});

test("PATH is searched in order, relative folders are left out", async () => {
  assert.equal(await program({ searchPath: ".:bin::/usr/bin:/bin" }, "isg", "bin/isg", "/usr/bin/isg", "/bin/isg"), "/usr/bin/isg");
});

test("on Windows programs end in .exe and may lie in Scripts", async () => {
  const sources = { windows: true, interpreter: () => Promise.resolve("C:\\Python\\python.exe"), searchPath: "D:\\tools;C:\\bin" };
  assert.equal(await program(sources, "C:\\Python\\Scripts\\isg.exe"), "C:\\Python\\Scripts\\isg.exe");
  assert.equal(await program(sources, "C:\\bin\\isg.exe"), "C:\\bin\\isg.exe");
});

test("where nothing is found it is said what to do", async () => {
  assert.match(await program({ searchPath: "/bin" }), /pip install isg-lsp/);
});
