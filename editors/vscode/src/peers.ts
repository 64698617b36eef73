/** Other language servers for our languages, by the extension that brings them. What they can do is the server's to know. */

export interface Peer {
  readonly extension: string;
  /** In the words of a message. */
  readonly title: string;
  /** As `isg.peers` has it. */
  readonly name: string;
}

export const PEERS: readonly Peer[] = [
  { extension: "rust-lang.rust-analyzer", title: "rust-analyzer", name: "rust-analyzer" },
  { extension: "ms-python.vscode-pylance", title: "Pylance", name: "pylance" },
  { extension: "ms-pyright.pyright", title: "Pyright", name: "pyright" },
  { extension: "detachhead.basedpyright", title: "basedpyright", name: "basedpyright" },
  { extension: "astral-sh.ty", title: "ty", name: "ty" },
  { extension: "meta.pyrefly", title: "Pyrefly", name: "pyrefly" },
];

/**
 * The names of these peers. `languageServer`: the setting of Python's extension, undefined where that is not enabled. Pylance
 * runs only where it asks for it, and Jedi, which is inside of that extension, where Pylance is missing, too.
 */
export function namesOf(peers: readonly Peer[], languageServer: string | undefined): string[] {
  const asked = languageServer === "Default" || languageServer === "Pylance";
  const names = peers.map(({ name }) => name).filter((name) => name !== "pylance" || asked);
  const jedi = languageServer === "Jedi" || (languageServer === "Default" && !names.includes("pylance"));
  return jedi ? [...names, "jedi-language-server"] : names;
}

/** Settings with the peers in them, unless the user has named some; what is no settings stays as it is. */
export function withPeers(settings: unknown, peers: readonly string[]): unknown {
  if (typeof settings !== "object" || settings === null) {
    return settings;
  }
  const { peers: named } = settings as { readonly peers?: unknown };
  return { ...settings, peers: Array.isArray(named) && named.length > 0 ? (named as unknown[]) : peers };
}
