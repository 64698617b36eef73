import assert from "node:assert/strict";
import { test } from "node:test";

import { lookUp, type Machine, type Probe, type Sources } from "../src/lookup";

const NONE: Sources = {
  setting: "",
  interpreterSetting: [],
  strategy: "fromEnvironment",
  interpreter: () => Promise.resolve(undefined),
  bundled: "/ext/bundled",
  searchPath: "",
  home: "/h/ann",
  folder: "/code/app",
  windows: false,
};
const FIT: Probe = { version: [3, 12, 1], isg: null, problem: "" };
const COPY = ["/ext/bundled/tool/serve.py", "useBundled"];
const INSTALLED = ["/ext/bundled/tool/serve.py", "fromEnvironment"];

function selected(file: string): Partial<Sources> {
  return { interpreter: () => Promise.resolve(file) };
}

/** A machine with these programs, and with what these interpreters say. */
function machine(files: readonly string[], probes: Record<string, Probe> = {}): Machine {
  return {
    isFile: (file) => Promise.resolve(files.includes(file)),
    probe: ([program]) => Promise.resolve(probes[program ?? ""]),
  };
}

/** What is started, or the problem. */
async function started(sources: Partial<Sources>, on: Machine): Promise<string | readonly string[]> {
  const found = await lookUp({ ...NONE, ...sources }, on);
  return "command" in found ? found.command : found.problem;
}

function program(sources: Partial<Sources>, ...files: string[]): Promise<string | readonly string[]> {
  return started(sources, machine(files));
}

test("the setting comes before all else", async () => {
  const sources = { ...selected("/env/bin/python"), setting: "/opt/isg", searchPath: "/bin", strategy: "useBundled" as const };
  const on = machine(["/opt/isg", "/env/bin/isg", "/bin/isg"], { "/env/bin/python": FIT });
  assert.deepEqual(await started(sources, on), ["/opt/isg"]);
});

test("a setting that leads nowhere starts nothing else", async () => {
  const problem = await program({ setting: "/opt/isg", searchPath: "/bin" }, "/bin/isg");
  assert.equal(problem, "The setting isg.path names /opt/isg, which is no file.");
});

test("the setting may name the home directory and the folder", async () => {
  assert.deepEqual(await program({ setting: "~/bin/isg" }, "/h/ann/bin/isg"), ["/h/ann/bin/isg"]);
  assert.deepEqual(await program({ setting: "${userHome}/isg" }, "/h/ann/isg"), ["/h/ann/isg"]);
  const inside = await program({ setting: "${workspaceFolder}/.venv/bin/isg" }, "/code/app/.venv/bin/isg");
  assert.deepEqual(inside, ["/code/app/.venv/bin/isg"]);
});

test("the selected environment comes before the copy, the copy before PATH", async () => {
  const sources = { ...selected("/env/bin/python"), searchPath: "/bin" };
  const fit = { "/env/bin/python": FIT };
  assert.deepEqual(await started(sources, machine(["/env/bin/isg", "/bin/isg"], fit)), ["/env/bin/isg"]);
  assert.deepEqual(await started(sources, machine(["/bin/isg"], fit)), ["/env/bin/python", ...COPY]);
  assert.deepEqual(await started(sources, machine(["/bin/isg"])), ["/bin/isg"]);
});

test("an environment may have isg without a program for it", async () => {
  const on = machine([], { "/env/bin/python": { ...FIT, isg: "0.1.0" } });
  assert.deepEqual(await started(selected("/env/bin/python"), on), ["/env/bin/python", ...INSTALLED]);
});

test("what an interpreter that is too old would import is not started", async () => {
  const on = machine(["/bin/isg"], { "/env/bin/python": { version: [3, 8, 1], isg: "0.1.0", problem: null } });
  assert.deepEqual(await started({ ...selected("/env/bin/python"), searchPath: "/bin" }, on), ["/bin/isg"]);
});

test("with useBundled the copy comes before the environment", async () => {
  const sources = { ...selected("/env/bin/python"), strategy: "useBundled" as const };
  const isg = { ...FIT, isg: "0.1.0" };
  assert.deepEqual(await started(sources, machine(["/env/bin/isg"], { "/env/bin/python": isg })), ["/env/bin/python", ...COPY]);
  const none = machine(["/env/bin/isg"], { "/env/bin/python": { ...isg, problem: null } });
  assert.deepEqual(await started(sources, none), ["/env/bin/isg"]);
});

test("without a selected interpreter one on PATH runs the copy, the first that can", async () => {
  const sources = { searchPath: "/old:bin:/new" };
  const old = { ...FIT, version: [3, 9, 2] };
  const on = machine(["/old/python3", "bin/python3", "/new/python3"], { "/old/python3": old, "/new/python3": FIT });
  assert.deepEqual(await started(sources, on), ["/new/python3", ...COPY]);
});

test("an interpreter that is selected but too old is passed over", async () => {
  const sources = { ...selected("/env/bin/python"), searchPath: "/bin" };
  const on = machine(["/bin/python3"], { "/env/bin/python": { ...FIT, version: [3, 8, 1] }, "/bin/python3": FIT });
  assert.deepEqual(await started(sources, on), ["/bin/python3", ...COPY]);
});

test("the interpreter of the setting is the only one that runs the copy", async () => {
  const sources = { interpreterSetting: ["~/py", "-X", "utf8"], ...selected("/env/bin/python"), searchPath: "/bin" };
  const probes = { "/h/ann/py": FIT, "/env/bin/python": FIT, "/bin/python3": FIT };
  assert.deepEqual(await started(sources, machine(["/bin/python3"], probes)), ["/h/ann/py", "-X", "utf8", ...COPY]);
  const old = { ...probes, "/h/ann/py": { ...FIT, version: [3, 10] } };
  assert.match(String(await started(sources, machine(["/bin/python3"], old))), /^The isg .*~?\/py -X utf8 \(Python 3\.10\) is older than 3\.11\./);
});

test("an interpreter of the setting that can't be run is told", async () => {
  const problem = await started({ interpreterSetting: ["/no/py"], searchPath: "/bin" }, machine(["/bin/isg"]));
  assert.equal(problem, "The setting isg.interpreter names /no/py, which can't be run as Python.");
});

test("a copy for another platform is told, with what Python says", async () => {
  const problem = await started(selected("/env/bin/python"), machine([], { "/env/bin/python": { ...FIT, problem: "wrong ELF class" } }));
  assert.match(String(problem), /\/env\/bin\/python \(Python 3\.12\.1\) can't load the copy in this extension: wrong ELF class\. Install/);
});

test("the interpreter is not asked for where the setting decides", async () => {
  const interpreter = (): Promise<undefined> => assert.fail("asked for");
  assert.deepEqual(await program({ setting: "/opt/isg", interpreter }, "/opt/isg"), ["/opt/isg"]);
});

test("PATH is searched in order, relative folders are left out", async () => {
  assert.deepEqual(await program({ searchPath: ".:bin::/usr/bin:/bin" }, "isg", "bin/isg", "/usr/bin/isg", "/bin/isg"), ["/usr/bin/isg"]);
});

test("on Windows programs end in .exe and may lie in Scripts", async () => {
  const sources = { windows: true, ...selected("C:\\Python\\python.exe"), searchPath: "D:\\tools;C:\\bin" };
  assert.deepEqual(await program(sources, "C:\\Python\\Scripts\\isg.exe"), ["C:\\Python\\Scripts\\isg.exe"]);
  assert.deepEqual(await program(sources, "C:\\bin\\isg.exe"), ["C:\\bin\\isg.exe"]);
});

test("an interpreter that was chosen and has none is told", async () => {
  const on = machine([], { "/env/bin/python": { ...FIT, problem: null } });
  const problem = await started({ interpreterSetting: ["/env/bin/python"] }, on);
  assert.match(String(problem), /\/env\/bin\/python \(Python 3\.12\.1\) has no isg\. Install it/);
});

test("where nothing is found it is said what to do", async () => {
  assert.match(String(await program({ searchPath: "/bin" })), /pip install isg-lsp, for Python 3\.11/);
});
