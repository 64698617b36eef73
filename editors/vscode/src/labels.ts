/** Names of modules where there is little room for them. */

/** The packages that all these are in, with the separator behind them; "" where one of them is a package of another. */
export function commonStart(labels: readonly string[]): string {
  const [first = "", ...others] = labels;
  const parts = first.split(/(?<=::|\.)/);
  const starts = parts.map((_, count) => parts.slice(0, count).join(""));
  return starts.reverse().find((start) => others.every((label) => label.startsWith(start) && label !== start)) ?? "";
}

export function withoutSeparator(start: string): string {
  return start.replace(/(::|\.)$/, "");
}

/** All of them, in one line that says once what they begin with. */
export function listed(labels: readonly string[]): string {
  const common = commonStart(labels);
  const names = labels.map((label) => label.slice(common.length)).join(", ");
  return common === "" ? names : `${names} in ${withoutSeparator(common)}`;
}
