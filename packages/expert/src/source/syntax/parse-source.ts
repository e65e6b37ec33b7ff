import type { GrammarName } from "./language.ts";
import { nestsTooDeep } from "./nesting.ts";
import { ERROR_TYPE, NODE_NUMBERS } from "./packed-tree.ts";
import { type NamedTree, SourceParser } from "./parser.ts";
import type { Syntax } from "./syntax.ts";

/** Nobody writes what is longer. */
const TEXT_LENGTH_MAX = 1_000_000;
/** A program of a megabyte takes a second on a slow machine. */
const PARSER_LIMITS = { timeMaxMs: 10_000, heapMaxMb: 512 };

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

/** Shared: it has one thread for all. */
const shared = new SourceParser(PARSER_LIMITS);

/** Parses a source file. Broken text gives the tree of what is whole; a text instead of a tree says why there is none. */
export async function parseSource(text: string, grammar: GrammarName, parser: SourceParser = shared): Promise<ParsedSource | string> {
  if (text.length > TEXT_LENGTH_MAX) return `It is longer than ${TEXT_LENGTH_MAX} characters; that is not written by hand.`;
  if (nestsTooDeep(text, grammar)) return "It nests too deep to be parsed.";
  const tree = await parser.parse(text, grammar);
  return typeof tree === "string" ? tree : new TreeReader(text, tree).read();
}

class TreeReader {
  readonly #text: string;
  readonly #tree: NamedTree;
  readonly #lineStarts: readonly number[];
  readonly #brokenLines = new Set<number>();
  #at = 0;

  constructor(text: string, tree: NamedTree) {
    this.#text = text;
    this.#tree = tree;
    const starts = [0];
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
    this.#lineStarts = starts;
  }

  read(): ParsedSource {
    const { nodes, comments: marks, isCut } = this.#tree;
    const root = nodes.length > 0 ? this.#readNode() : new SyntaxNode(this.#text, "program", undefined, 0, this.#text.length, 1, []);
    const comments = new Map<number, string>();
    for (let i = 0; i < marks.length; i += 2) {
      const [start, end] = [marks[i]!, marks[i + 1]!];
      comments.set(this.#lineAt(Math.max(start, end - 1)), commentText(this.#text.slice(start, end)));
    }
    return { root, comments, brokenLines: [...this.#brokenLines].sort((a, b) => a - b), isCut };
  }

  #readNode(): Syntax {
    const { nodes, names } = this.#tree;
    const at = this.#at;
    this.#at += NODE_NUMBERS;
    const typeId = nodes[at]!;
    const fieldId = nodes[at + 1]!;
    const start = nodes[at + 2]!;
    const line = this.#lineAt(start);
    if (typeId === ERROR_TYPE) this.#brokenLines.add(line);
    const children: Syntax[] = [];
    for (let left = nodes[at + 4]!; left > 0; left--) children.push(this.#readNode());
    const type = typeId === ERROR_TYPE ? "ERROR" : names.types[typeId]!;
    return new SyntaxNode(this.#text, type, fieldId === 0 ? undefined : names.fields[fieldId], start, nodes[at + 3]!, line, children);
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
