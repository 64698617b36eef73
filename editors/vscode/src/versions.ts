/** Versions, as far as something must not be older than something else. */

export type Version = readonly number[];

/** What isg needs: `requires-python` of pyproject.toml. */
export const LEAST_PYTHON: Version = [3, 11];

/** Whether the first is the second or newer; a part that is missing is 0. */
export function atLeast(version: Version, least: Version): boolean {
  const at = [0, 1, 2].find((part) => (version[part] ?? 0) !== (least[part] ?? 0));
  return at === undefined || (version[at] ?? 0) > (least[at] ?? 0);
}

/** The numbers that a version's text begins with; undefined where it begins with none. */
export function parsed(text: string): Version | undefined {
  const numbers = /^\d+(\.\d+)*/.exec(text)?.[0];
  return numbers?.split(".").map(Number);
}

export function shownVersion(version: Version): string {
  return version.join(".");
}

/** What to tell where the server is older than the extension, which may ask it for what it does not know yet. */
export function tooOld(server: string | undefined, extension: string, from: string): string | undefined {
  const [given, own] = [parsed(server ?? ""), parsed(extension)];
  if (own === undefined || (given !== undefined && atLeast(given, own))) {
    return undefined;
  }
  return (
    `The isg language server is ${server ?? "of an unknown version"} (from ${from}) and older than this extension, ${extension}. ` +
    "Update it (pip install --upgrade isg-lsp), or set isg.importStrategy to useBundled."
  );
}
