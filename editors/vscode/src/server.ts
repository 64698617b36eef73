/** The server's life: found, started, asked, restarted. One client serves all folders of the window. */

import * as vscode from "vscode";
import {
  CloseAction,
  DidChangeConfigurationNotification,
  ErrorAction,
  ExecuteCommandRequest,
  LanguageClient,
  RevealOutputChannelOn,
  State,
  TransportKind,
  type ErrorHandler,
  type LanguageClientOptions,
} from "vscode-languageclient/node";

import type { Memory } from "./answers";
import { megabytes } from "./indexRows";
import { LensFeature } from "./lenses";
import { locate } from "./locate";
import type { Found, NotFound } from "./lookup";
import { namesOf, PEERS, withPeers } from "./peers";
import type { StatusItem } from "./status";
import { tooOld } from "./versions";

/** What the server reads once, when it starts, or what decides which one it is. */
const AT_START = [
  "isg.path", "isg.args", "isg.interpreter", "isg.importStrategy", "isg.mode", "isg.peers", "isg.capabilities", "isg.codeLens",
];
/** Milliseconds between two questions for the server's memory. */
const MEMORY = 15_000;

export class Server implements vscode.Disposable {
  #client: LanguageClient | undefined;
  /** What was started, as one text. */
  #started: string | undefined;
  /** The last of the starts and stops: they happen one after the other. */
  #last: Promise<void> = Promise.resolve();
  readonly #indexed = new vscode.EventEmitter<void>();
  readonly #stopped = new vscode.EventEmitter<void>();
  readonly #timer = setInterval(() => void this.#weigh(), MEMORY);
  #toldOld = false;
  /** The peers that the server was told of. */
  #told: readonly string[] = [];

  /** A run of indexing has ended. */
  readonly onIndexed = this.#indexed.event;
  /** No server runs now: what was shown of its answers does not hold. */
  readonly onStopped = this.#stopped.event;

  constructor(
    readonly output: vscode.LogOutputChannel,
    private readonly status: StatusItem,
    private readonly extension: vscode.Extension<unknown>,
  ) {}

  /** The client of the server that runs, or undefined. */
  get client(): LanguageClient | undefined {
    return this.#client?.state === State.Running ? this.#client : undefined;
  }

  /** Starts the server, a running one anew. Problems are told to the user, never thrown. */
  restart(): Promise<void> {
    return this.#next(async () => {
      await this.#stop();
      await this.#start(await this.#locate());
    });
  }

  /** Restarts where the server leaves things to others, and those are others now than it was told. */
  restartIfPeersChanged(): Promise<void> {
    return this.#next(async () => {
      const companion = vscode.workspace.getConfiguration("isg").get("mode") === "companion";
      if (companion && this.#client !== undefined && activePeers().join() !== this.#told.join()) {
        await this.#stop();
        await this.#start(await this.#locate());
      }
    });
  }

  /** Restarts where another program would be started now than was. */
  restartIfMoved(): Promise<void> {
    return this.#next(async () => {
      const found = await this.#locate();
      if ("command" in found && found.command.join(" ") !== this.#started) {
        await this.#stop();
        await this.#start(found);
      }
    });
  }

  /** Settings changed: the server is told to pull them, and started anew for what it reads at its start alone. */
  async configure(event: vscode.ConfigurationChangeEvent): Promise<void> {
    if (AT_START.some((key) => event.affectsConfiguration(key))) {
      await this.restart();
    } else if (event.affectsConfiguration("python.languageServer")) {
      await this.restartIfPeersChanged();
    } else if (event.affectsConfiguration("isg")) {
      await this.client?.sendNotification(DidChangeConfigurationNotification.type, { settings: null });
    }
  }

  /** Runs one of the server's commands. Throws what the server says where it can't. */
  async ask<Answer>(command: string, ...given: unknown[]): Promise<Answer> {
    await this.#last;
    const client = this.client;
    if (client === undefined) {
      throw new Error("The isg language server does not run.");
    }
    return (await client.sendRequest(ExecuteCommandRequest.type, { command, arguments: given })) as Answer;
  }

  stop(): Promise<void> {
    return this.#next(() => this.#stop());
  }

  dispose(): void {
    clearInterval(this.#timer);
    this.#indexed.dispose();
    this.#stopped.dispose();
  }

  #next(step: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(step).catch((error: unknown) => {
      this.#fail(`The isg language server could not be started: ${said(error)}`);
    });
    return this.#last;
  }

  async #start(found: Found | NotFound): Promise<void> {
    if ("problem" in found) {
      this.#fail(found.problem);
      return;
    }
    this.status.starting();
    this.#started = found.command.join(" ");
    const [command, ...first] = found.command;
    const args = [...first, "serve", ...vscode.workspace.getConfiguration("isg").get<string[]>("args", [])];
    this.output.info(`Starting ${[command, ...args].join(" ")} (from ${found.from})`);
    const run = { command, args, transport: TransportKind.stdio };
    const ends = new Ends();
    const client = new Client("isg", "isg", run, { ...this.#options(), errorHandler: ends });
    ends.usual = client.createDefaultErrorHandler();
    client.registerFeature(new LensFeature());
    this.#client = client;
    client.onDidChangeState(({ newState }) => {
      if (this.#client === client) {
        this.#tell(newState);
      }
    });
    try {
      // The client does not always settle its start when the server ends before it has answered.
      await Promise.race([client.start(), ends.early]);
    } catch (error) {
      this.#client = undefined;
      throw error;
    }
    client.started = ends.started = true;
    void this.#weigh();
    const { name, version } = client.initializeResult?.serverInfo ?? {};
    this.output.info(`${name ?? "The server"} ${version ?? ""} runs`);
    this.#compare(version, found.from);
  }

  #locate(): Promise<Found | NotFound> {
    return locate(vscode.Uri.joinPath(this.extension.extensionUri, "bundled").fsPath);
  }

  /** Says so, once in a window, where the server is an older one than this extension was made for. */
  #compare(version: string | undefined, from: string): void {
    const { version: own } = this.extension.packageJSON as { readonly version: string };
    const problem = tooOld(version, own, from);
    if (problem !== undefined && !this.#toldOld) {
      this.#toldOld = true;
      this.output.warn(problem);
      void offerHelp(problem, vscode.window.showWarningMessage);
    }
  }

  async #stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    this.#started = undefined;
    this.status.stopped();
    if (client !== undefined) {
      try {
        await client.dispose();
      } catch (error) {
        this.output.warn(`The server did not stop in good order: ${said(error)}`);
      }
    }
  }

  /** Tells how much memory the server has: only while somebody may look, and nothing where it does not run. */
  async #weigh(): Promise<void> {
    if (this.client === undefined || !vscode.window.state.focused) {
      return;
    }
    try {
      const { bytes } = await this.ask<Memory>("isg.memory");
      this.status.memory(bytes === null ? "" : megabytes(bytes));
    } catch {
      this.status.memory(""); // an older server, or one that has just ended
    }
  }

  #tell(state: State): void {
    const tell = {
      [State.Starting]: () => { this.status.starting(); },
      [State.StartFailed]: () => { this.status.failed("isg could not be started. Click for the log."); },
      [State.Running]: () => { this.status.running(); },
      [State.Stopped]: () => {
        this.status.stopped();
        this.#stopped.fire();
      },
    };
    tell[state]();
  }

  #options(): LanguageClientOptions {
    return {
      documentSelector: ["rust", "python"].map((language) => ({ scheme: "file", language })),
      // Modes and capabilities are decided before the server can ask for the configuration.
      initializationOptions: () => {
        this.#told = activePeers();
        return withPeers(vscode.workspace.getConfiguration("isg"), this.#told);
      },
      outputChannel: this.output,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationFailedHandler: () => false, // told by `#fail`
      middleware: {
        workspace: {
          configuration: async (params, token, next) => {
            const given = await next(params, token);
            return Array.isArray(given) ? given.map((one: unknown) => withPeers(one, this.#told)) : given;
          },
        },
        handleWorkDoneProgress: (token, step, next) => {
          this.status.progress(token, step);
          if (step.kind === "end") {
            this.#indexed.fire();
            void this.#weigh();
            next(token, step); // forgets the token; a bar of its own, beside our item, was never begun
          }
        },
      },
    };
  }

  #fail(problem: string): void {
    this.status.failed(problem);
    this.#stopped.fire();
    this.output.error(problem);
    void offerHelp(problem, vscode.window.showErrorMessage);
  }
}

/** Tells no error of a start that failed, which `#fail` does, once and in words of ours; it is in the log. */
class Client extends LanguageClient {
  started = false;

  override error(message: string, data?: unknown, show?: boolean | "force"): void {
    super.error(message, data, this.started ? show : false);
  }
}

/** What follows when the server ends by itself: a failure while it starts; later it is started again a few times. */
class Ends implements ErrorHandler {
  usual: ErrorHandler | undefined;
  started = false;
  /** Rejects when the server ends while it starts. */
  readonly early: Promise<never>;
  #reject: (reason: Error) => void = () => undefined;

  constructor() {
    this.early = new Promise((_, reject) => {
      this.#reject = reject;
    });
  }

  error(...given: Parameters<ErrorHandler["error"]>): ReturnType<ErrorHandler["error"]> {
    if (this.started && this.usual !== undefined) {
      return this.usual.error(...given);
    }
    return { action: ErrorAction.Continue, handled: true };
  }

  closed(): ReturnType<ErrorHandler["closed"]> {
    if (this.started && this.usual !== undefined) {
      return this.usual.closed();
    }
    this.#reject(new Error("it ended at once, see the output"));
    return { action: CloseAction.DoNotRestart, handled: true };
  }
}

/** The names of the other language servers for our languages whose extensions are enabled here. */
export function activePeers(): string[] {
  const enabled = PEERS.filter((peer) => vscode.extensions.getExtension(peer.extension) !== undefined);
  return namesOf(enabled, vscode.workspace.getConfiguration("python").get<string>("languageServer"));
}

/** The words of whatever was thrown. */
export function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function offerHelp(
  problem: string,
  show: (message: string, ...buttons: string[]) => Thenable<string | undefined>,
): Promise<void> {
  const settings = "Open Settings";
  const log = "Show Output";
  const chosen = await show(problem, settings, log);
  if (chosen === settings) {
    await vscode.commands.executeCommand("workbench.action.openSettings", "@ext:isg-lsp.isg server");
  } else if (chosen === log) {
    await vscode.commands.executeCommand("isg.showOutput");
  }
}
