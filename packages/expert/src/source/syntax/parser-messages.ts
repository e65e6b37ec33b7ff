import type { GrammarName } from "./language.ts";
import type { PackedTree } from "./packed-tree.ts";

/** By this a thread of the parser knows that it is one. */
export const PARSER_THREAD = "ottla parser";

/** A text to parse. */
export interface ToParser {
  readonly text: string;
  readonly grammar: GrammarName;
}

/** What types and fields of a grammar are called, by their numbers. */
export interface GrammarNames {
  readonly types: readonly string[];
  readonly fields: readonly string[];
}

/** Ready, a tree (with the names when the grammar is new to the thread), too slow, or broken: nothing more is to be asked of it then. */
export type FromParser =
  | { readonly type: "ready" }
  | { readonly type: "parsed"; readonly tree: PackedTree; readonly names: GrammarNames | undefined }
  | { readonly type: "late" }
  | { readonly type: "broken" };
