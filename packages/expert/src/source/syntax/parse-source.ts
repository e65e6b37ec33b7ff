import type { Language as GrammarLanguage, Tree, TreeCursor } from "web-tree-sitter";
import type { GrammarName } from "./language.ts";
import { loadParser } from "./load-grammar.ts";
import { nestsTooDeep } from "./nesting.ts";
import type { Syntax } from "./syntax.ts";

/** What nests deeper was not written by hand; it is left out. */
const DEPTH_MAX = 400;
/** A file of a megabyte has fewer. */
const NODES_MAX = 1_000_000;
/** How often the parser may look up from its work, at least and for each character; a plain text takes a fifth of that. */
const LOOKS_MIN = 200;
const LOOKS_PER_CHARACTER = 0.05;
/** Nobody writes what is longer. */
const TEXT_LENGTH_MAX = 1_000_000;

/** A file's tree. */
export interface ParsedSource {
  readonly root: Syntax;
  /** Comments by the line on which they end, without their marks, for suppressions. */
  readonly comments: ReadonlyMap<number, string>;
  /** Lines at which the grammar did not understand the text; what stands there was skipped. */
  readonly brokenLines: readonly number[];
  /** Whether parts nest too deep or are too many to be looked at. */
  readonly isCut: boolean;
}

let hasGivenUp = false;

/** Parses a source file. Broken text gives the tree of what is whole; a text instead of a tree says why there is none. */
export async function parseSource(text: string, grammar: GrammarName): Promise<ParsedSource | string> {
  if (text.length > TEXT_LENGTH_MAX) return `It is longer than ${TEXT_LENGTH_MAX} characters; that is not written by hand.`;
  if (nestsTooDeep(text, grammar)) return "It nests too deep to be parsed.";
  if (hasGivenUp) return "The parser broke down at an earlier file; run again without that one.";
  const parser = await loadParser(grammar);
  let tree: Tree | null;
  try {
    let looksLeft = LOOKS_MIN + text.length * LOOKS_PER_CHARACTER;
    tree = parser.parse(text, null, { progressCallback: () => --looksLeft < 0 });
    if (!tree) {
      parser.reset();
      return "Parsing it takes too long.";
    }
  } catch {
    // What is left of the module's memory after that cannot be trusted.
    hasGivenUp = true;
    return "The parser broke down at this file.";
  }
  const cursor = tree.walk();
  try {
    return new TreeReader(text, parser.language!, cursor).read();
  } finally {
    cursor.delete();
    tree.delete();
  }
}

class TreeReader {
  readonly #text: string;
  readonly #language: GrammarLanguage;
  readonly #cursor: TreeCursor;
  readonly #lineStarts: readonly number[];
  readonly #comments = new Map<number, string>();
  readonly #brokenLines = new Set<number>();
  #isCut = false;
  #count = 0;

  constructor(text: string, language: GrammarLanguage, cursor: TreeCursor) {
    this.#text = text;
    this.#language = language;
    this.#cursor = cursor;
    const starts = [0];
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
    this.#lineStarts = starts;
  }

  read(): ParsedSource {
    const root = this.#readNode(0) ?? this.#node("program", undefined, 0, this.#text.length, []);
    return { root, comments: this.#comments, brokenLines: [...this.#brokenLines].sort((a, b) => a - b), isCut: this.#isCut };
  }

  /** Reads where the cursor stands, and leaves it there. */
  #readNode(depth: number): Syntax | undefined {
    const cursor = this.#cursor;
    const typeId = cursor.nodeTypeId;
    const fieldId = cursor.currentFieldId;
    if (fieldId === 0 && !this.#language.nodeTypeIsNamed(typeId)) return undefined;
    const type = typeId === 65535 ? "ERROR" : this.#language.nodeTypeForId(typeId)!;
    const start = cursor.startIndex;
    const end = cursor.endIndex;
    if (type.endsWith("comment")) {
      this.#comments.set(this.#lineAt(Math.max(start, end - 1)), commentText(this.#text.slice(start, end)));
      return undefined;
    }
    if (type === "ERROR") this.#brokenLines.add(this.#lineAt(start));
    if (depth > DEPTH_MAX || ++this.#count > NODES_MAX) {
      this.#isCut = true;
      return undefined;
    }
    const children: Syntax[] = [];
    if (cursor.gotoFirstChild()) {
      do {
        const child = this.#readNode(depth + 1);
        if (child) children.push(child);
      } while (cursor.gotoNextSibling());
      cursor.gotoParent();
    }
    return this.#node(type, fieldId === 0 ? undefined : (this.#language.fieldNameForId(fieldId) ?? undefined), start, end, children);
  }

  #node(type: string, field: string | undefined, start: number, end: number, children: readonly Syntax[]): Syntax {
    return new SyntaxNode(this.#text, type, field, start, end, this.#lineAt(start), children);
  }

  #lineAt(position: number): number {
    let low = 0;
    let high = this.#lineStarts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#lineStarts[middle]! <= position) low = middle;
      else high = middle;
    }
    return low + 1;
  }
}

class SyntaxNode implements Syntax {
  readonly #source: string;
  readonly type: string;
  readonly field: string | undefined;
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly children: readonly Syntax[];

  constructor(
    source: string,
    type: string,
    field: string | undefined,
    start: number,
    end: number,
    line: number,
    children: readonly Syntax[],
  ) {
    this.#source = source;
    this.type = type;
    this.field = field;
    this.start = start;
    this.end = end;
    this.line = line;
    this.children = children;
  }

  get text(): string {
    return this.#source.slice(this.start, this.end);
  }
}

function commentText(comment: string): string {
  return comment.replace(/^(\/\/+|\/\*+|#+)\s*|\s*\*+\/$/g, "").trim();
}
