/**
 * Which program is the server: the setting, the selected Python environment, the copy that is bundled, `PATH`; with the
 * strategy `useBundled` the copy comes before the environment. Pure but for what a `Machine` says.
 */

import * as path from "node:path";

import { LEAST_PYTHON, atLeast, shownVersion, type Version } from "./versions";

export interface Sources {
  /** `isg.path`; empty: not set. */
  readonly setting: string;
  /** `isg.interpreter`: a Python and arguments for it; empty: not set. */
  readonly interpreterSetting: readonly string[];
  /** `isg.importStrategy`. */
  readonly strategy: "fromEnvironment" | "useBundled";
  /** The selected Python interpreter; undefined where there is none or the workspace is not trusted. It takes time. */
  readonly interpreter: () => Promise<string | undefined>;
  /** The extension's folder `bundled`: scripts, and the copy, where this package has one for the platform. */
  readonly bundled: string;
  /** The `PATH` of the environment. */
  readonly searchPath: string;
  readonly home: string;
  /** What `${workspaceFolder}` stands for. */
  readonly folder: string | undefined;
  readonly windows: boolean;
}

/** What `bundled/tool/probe.py` says of an interpreter. */
export interface Probe {
  readonly version: Version;
  /** The version of the isg that is installed for it. */
  readonly isg: string | null;
  /** Why it can't load the copy; "" where it can, null where there is none. */
  readonly problem: string | null;
}

export interface Machine {
  isFile(file: string): Promise<boolean>;
  /** Undefined where it can't be run. */
  probe(interpreter: readonly string[]): Promise<Probe | undefined>;
}

export interface Found {
  /** A program and its first arguments; `serve` comes behind them. */
  readonly command: readonly [string, ...string[]];
  /** In words, for the log. */
  readonly from: string;
}

export interface NotFound {
  /** A sentence that says what to do. */
  readonly problem: string;
}

/** Where `python3` is too old, a newer one may lie beside it. */
const NUMBERED = ["python3.14", "python3.13", "python3.12", "python3.11"];

type Interpreter = readonly [string, ...string[]];

/** The server's program. A setting that leads nowhere is a problem: nothing else is started in its place. */
export async function lookUp(sources: Sources, machine: Machine): Promise<Found | NotFound> {
  if (sources.setting !== "") {
    const program = expand(sources.setting, sources);
    return (await machine.isFile(program))
      ? { command: [program], from: "the setting isg.path" }
      : { problem: `The setting isg.path names ${program}, which is no file.` };
  }
  return new Search(sources, machine).run();
}

/** One search, which asks every interpreter once. */
class Search {
  readonly #probes = new Map<string, Promise<Probe | undefined>>();
  /** Why interpreters can't run the copy. */
  readonly #unfit: string[] = [];

  constructor(
    private readonly sources: Sources,
    private readonly machine: Machine,
  ) {}

  async run(): Promise<Found | NotFound> {
    const [first, ...more] = this.sources.interpreterSetting;
    const set: Interpreter | undefined = first === undefined ? undefined : [expand(first, this.sources), ...more];
    const selected = set === undefined ? await this.sources.interpreter() : undefined;
    const chosen = set ?? (selected === undefined ? undefined : ([selected] as const));
    if (set !== undefined && (await this.#probe(set)) === undefined) {
      return { problem: `The setting isg.interpreter names ${set.join(" ")}, which can't be run as Python.` };
    }
    const steps = [
      () => this.#environment(chosen),
      () => this.#copy(chosen, set === undefined),
    ];
    for (const step of this.sources.strategy === "useBundled" ? steps.reverse() : steps) {
      const found = await step();
      if (found !== undefined) {
        return found;
      }
    }
    return (await this.#onPath()) ?? { problem: this.#told() };
  }

  /** The isg of an interpreter: the program beside it, which costs no question, or else what it imports. */
  async #environment(chosen: Interpreter | undefined): Promise<Found | undefined> {
    if (chosen === undefined) {
      return undefined;
    }
    const from = "the selected Python environment";
    const way = this.#way;
    const beside = way.dirname(chosen[0]);
    // In a Windows installation that is not a virtual environment, programs lie beside the interpreter's folder.
    for (const folder of this.sources.windows ? [beside, way.join(beside, "Scripts")] : [beside]) {
      const program = way.join(folder, this.#program);
      if (way.isAbsolute(program) && (await this.machine.isFile(program))) {
        return { command: [program], from };
      }
    }
    const probe = await this.#probe(chosen);
    return probe?.isg != null && atLeast(probe.version, LEAST_PYTHON)
      ? { command: [...chosen, this.#script("serve.py"), "fromEnvironment"], from }
      : undefined;
  }

  /** The copy, run by the chosen interpreter or, where none was set, by one on `PATH`. */
  async #copy(chosen: Interpreter | undefined, others: boolean): Promise<Found | undefined> {
    for await (const interpreter of this.#interpreters(chosen, others)) {
      const probe = await this.#probe(interpreter);
      if (probe === undefined || (probe.problem === null && interpreter !== chosen)) {
        continue;
      }
      const shown = `${interpreter.join(" ")} (Python ${shownVersion(probe.version)})`;
      if (!atLeast(probe.version, LEAST_PYTHON)) {
        this.#unfit.push(`${shown} is older than ${shownVersion(LEAST_PYTHON)}`);
      } else if (probe.problem === null) {
        this.#unfit.push(`${shown} has no isg`);
      } else if (probe.problem !== "") {
        this.#unfit.push(`${shown} can't load the copy in this extension: ${probe.problem}`);
      } else {
        return {
          command: [...interpreter, this.#script("serve.py"), "useBundled"],
          from: `the copy in this extension, run by ${shown}`,
        };
      }
    }
    return undefined;
  }

  async *#interpreters(chosen: Interpreter | undefined, others: boolean): AsyncGenerator<Interpreter> {
    if (chosen !== undefined) {
      yield chosen;
    }
    const names = this.sources.windows ? ["python.exe", "py.exe"] : ["python3", "python", ...NUMBERED];
    for (const name of others ? names : []) {
      for (const folder of this.#folders()) {
        const program = this.#way.join(folder, name);
        if (await this.machine.isFile(program)) {
          yield [program];
        }
      }
    }
  }

  async #onPath(): Promise<Found | undefined> {
    for (const folder of this.#folders()) {
      const program = this.#way.join(folder, this.#program);
      if (await this.machine.isFile(program)) {
        return { command: [program], from: "PATH" };
      }
    }
    return undefined;
  }

  /** A relative folder would be looked for in the workspace, where anybody may have put a program. */
  #folders(): string[] {
    return this.sources.searchPath.split(this.#way.delimiter).filter((folder) => this.#way.isAbsolute(folder));
  }

  #probe(interpreter: Interpreter): Promise<Probe | undefined> {
    const key = interpreter.join("\0");
    const known = this.#probes.get(key) ?? this.machine.probe(interpreter);
    this.#probes.set(key, known);
    return known;
  }

  #script(name: string): string {
    return this.#way.join(this.sources.bundled, "tool", name);
  }

  #told(): string {
    const why = this.#unfit.length === 0 ? "" : ` ${this.#unfit.join("; ")}.`;
    const least = shownVersion(LEAST_PYTHON);
    return (
      `The isg language server was not found.${why} Install it (pip install isg-lsp, for Python ${least} or newer), or set ` +
      "isg.interpreter or isg.path."
    );
  }

  get #way(): typeof path.posix {
    return this.sources.windows ? path.win32 : path.posix;
  }

  get #program(): string {
    return this.sources.windows ? "isg.exe" : "isg";
  }
}

function expand(setting: string, sources: Sources): string {
  const home = setting.replace(/^~(?=[\\/]|$)/, () => sources.home).replaceAll("${userHome}", () => sources.home);
  const { folder } = sources;
  return folder === undefined ? home : home.replaceAll("${workspaceFolder}", () => folder);
}
