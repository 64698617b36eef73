/** Other language servers for our languages, by the extension that brings them. */

const PEERS: readonly (readonly [string, string])[] = [
  ["rust-lang.rust-analyzer", "rust-analyzer"],
  ["ms-python.vscode-pylance", "Pylance"],
  ["ms-pyright.pyright", "Pyright"],
  ["detachhead.basedpyright", "basedpyright"],
  ["astral-sh.ty", "ty"],
  ["meta.pyrefly", "Pyrefly"],
];

/** The names of the peers that run. */
export function activePeers(isActive: (extension: string) => boolean): string[] {
  return PEERS.filter(([extension]) => isActive(extension)).map(([, name]) => name);
}
