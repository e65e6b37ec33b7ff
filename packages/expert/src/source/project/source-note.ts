import type { Imported, SourceCode } from "../code/source-code.ts";
import type { Language } from "../syntax/language.ts";
import type { Fact } from "./surroundings.ts";

/** What is kept of a source when its tree is let go: enough to see which files belong together. */
export interface SourceNote {
  readonly path: string;
  readonly language: Language;
  readonly imports: readonly Imported[];
  /** Names with a capital letter that it uses; of languages whose files see their neighbours without an import. */
  readonly names: ReadonlySet<string>;
  readonly facts: ReadonlySet<Fact>;
  /** Whether it takes a client library itself. */
  readonly isProgram: boolean;
  /** Functions of others that it hands to a consumer, by the name that it has for them. */
  readonly handed: readonly { readonly as: string; readonly library: string; readonly form: "record" | "batch" }[];
}

/** Languages whose files see their neighbours without an import. */
export function seesNeighbours(language: Language): boolean {
  return language === "java" || language === "kotlin" || language === "go";
}

/** The names by which a file may use its neighbours. */
export function namesUsed(code: SourceCode, text: string): ReadonlySet<string> {
  return new Set(seesNeighbours(code.language) ? text.match(/\b[A-Z]\w*/g) : []);
}

/** What the imports of a text may name files by: the last parts of what is imported, found without reading the text as a program. */
export function importedStems(text: string): readonly string[] {
  const stems = new Set<string>();
  for (const [, what = ""] of text.matchAll(/(?:\bfrom|\bimport|\brequire\()\s*\(?\s*["']?([\w@~#./-]+)/g)) {
    const parts = what.replace(/\.[cm]?[jt]sx?$/, "").split(/[./]/);
    for (const part of parts.slice(-2)) if (part !== "") stems.add(part);
  }
  return [...stems];
}
