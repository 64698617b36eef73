/** Finds the server on this machine: what `lookup` decides from, taken from VS Code, the disk and the interpreters. */

import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { homedir } from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import * as vscode from "vscode";

import { lookUp, type Found, type NotFound, type Probe, type Sources } from "./lookup";
import { selectedInterpreter } from "./python";

/** Milliseconds that a Python gets to say what it is. */
const PROBE = 10_000;

/** `bundled`: the extension's folder of that name. */
export async function locate(bundled: string): Promise<Found | NotFound> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const settings = vscode.workspace.getConfiguration("isg");
  const sources: Sources = {
    setting: settings.get<string>("path", "").trim(),
    interpreterSetting: settings.get<string[]>("interpreter", []),
    strategy: settings.get<string>("importStrategy") === "useBundled" ? "useBundled" : "fromEnvironment",
    // An environment may lie in the workspace: what is in it runs only where the user trusts the workspace.
    interpreter: async () => (vscode.workspace.isTrusted ? selectedInterpreter(folder) : undefined),
    bundled,
    searchPath: process.env.PATH ?? "",
    home: homedir(),
    folder: folder?.fsPath,
    windows: process.platform === "win32",
  };
  return lookUp(sources, { isFile, probe: (interpreter) => probe(interpreter, bundled) });
}

async function isFile(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

async function probe([program, ...args]: readonly string[], bundled: string): Promise<Probe | undefined> {
  const script = [path.join(bundled, "tool", "probe.py"), path.join(bundled, "libs")];
  try {
    // Not in the workspace: a Python that is set up oddly might import from where it runs.
    const { stdout } = await promisify(execFile)(program ?? "", [...args, ...script], { cwd: bundled, timeout: PROBE });
    return JSON.parse(stdout) as Probe;
  } catch {
    return undefined;
  }
}
