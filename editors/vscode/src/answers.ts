/** What the server's commands give: docs/commands.md, in types. Positions are LSP's, in UTF-16. */

export interface Range {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
}

export interface Place {
  readonly uri: string;
  readonly range: Range;
  readonly message: string;
}

export interface Finding {
  /** The members, from the one it is reported at on. */
  readonly cycle: readonly string[];
  readonly severity: string;
  /** One for each step of the cycle, in its order. */
  readonly places: readonly Place[];
}

export interface Cut {
  readonly source: string;
  readonly target: string;
  readonly names: readonly string[];
}

export interface Knot {
  readonly code: string;
  readonly size: number;
  readonly cut: readonly Cut[];
  readonly findings: readonly Finding[];
}

export interface Cycles {
  readonly knots: readonly Knot[];
}

/** The kinds that the view and the picture of import cycles show. */
export const CYCLE_KINDS = ["import-cycle", "deferred-import-cycle"];

export interface Dependent {
  readonly label: string;
  readonly hops: number;
  readonly relation: string;
  readonly via: string;
  readonly confidence: string;
  readonly test: boolean;
  readonly location: { readonly uri: string; readonly range: Range };
}

export interface BlastRadius {
  readonly count: number;
  readonly byHops: readonly number[];
  readonly truncated: boolean;
  readonly dependents: readonly Dependent[];
}

export interface LlmContext {
  readonly text: string;
  readonly tokens: number;
  readonly omitted: number;
}

/** One root's `isg status --json`. All but the root is absent where there is no index yet. */
export interface RootStatus {
  readonly root: string;
  readonly indexing: boolean;
  /** Whether the index was brought up to date since the server started. */
  readonly scanned?: boolean;
  readonly location?: string;
  readonly documents?: Readonly<Record<string, number>>;
  readonly symbols?: Readonly<Record<string, number>>;
  readonly relations?: Readonly<Record<string, number>>;
  readonly linked?: number;
  readonly errors?: readonly { readonly path: string; readonly stage: string; readonly message: string }[];
  readonly size_bytes?: number;
  readonly seconds?: Readonly<Record<string, number>>;
  readonly versions?: Readonly<Record<string, string>>;
}

export interface Memory {
  /** Of the server; null where its system does not tell. */
  readonly bytes: number | null;
}
