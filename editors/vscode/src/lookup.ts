/**
 * Which program is the server: the setting, the selected Python environment, `PATH`, in this order. Pure but for the
 * question whether a file is there. No copy of the server is bundled.
 */

import * as path from "node:path";

export interface Sources {
  /** `isg.path`; empty: not set. */
  readonly setting: string;
  /** The selected Python interpreter; undefined where there is none or the workspace is not trusted. It takes time. */
  readonly interpreter: () => Promise<string | undefined>;
  /** The `PATH` of the environment. */
  readonly searchPath: string;
  readonly home: string;
  /** What `${workspaceFolder}` stands for. */
  readonly folder: string | undefined;
  readonly windows: boolean;
}

export interface Found {
  readonly program: string;
  /** In words, for the log. */
  readonly from: string;
}

export interface NotFound {
  /** A sentence that says what to do. */
  readonly problem: string;
}

export type IsFile = (file: string) => Promise<boolean>;

/** The server's program. A setting that leads nowhere is a problem: nothing else is started in its place. */
export async function lookUp(sources: Sources, isFile: IsFile): Promise<Found | NotFound> {
  if (sources.setting !== "") {
    const program = expand(sources.setting, sources);
    return (await isFile(program))
      ? { program, from: "the setting isg.path" }
      : { problem: `The setting isg.path names ${program}, which is no file.` };
  }
  for (const [program, from] of candidates(sources, await sources.interpreter())) {
    if (await isFile(program)) {
      return { program, from };
    }
  }
  return { problem: "The isg language server was not found. Install it (pip install isg-lsp), or set isg.path." };
}

function* candidates(sources: Sources, interpreter: string | undefined): Generator<[string, string]> {
  const way = sources.windows ? path.win32 : path.posix;
  const name = sources.windows ? "isg.exe" : "isg";
  if (interpreter !== undefined) {
    const folder = way.dirname(interpreter);
    // In a Windows installation that is not a virtual environment, programs lie beside the interpreter's folder.
    const folders = sources.windows ? [folder, way.join(folder, "Scripts")] : [folder];
    for (const one of folders) {
      yield [way.join(one, name), "the selected Python environment"];
    }
  }
  for (const folder of sources.searchPath.split(way.delimiter)) {
    // A relative folder would be looked for in the workspace, where anybody may have put a program.
    if (way.isAbsolute(folder)) {
      yield [way.join(folder, name), "PATH"];
    }
  }
}

function expand(setting: string, sources: Sources): string {
  const home = setting.replace(/^~(?=[\\/]|$)/, () => sources.home).replaceAll("${userHome}", () => sources.home);
  const { folder } = sources;
  return folder === undefined ? home : home.replaceAll("${workspaceFolder}", () => folder);
}
