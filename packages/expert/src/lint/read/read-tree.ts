import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  visit,
  type YAMLMap,
} from "yaml";
import { scalarText } from "./scalar-text.ts";
import type { Span, Tree, TreePair } from "./tree.ts";

/** What a text became: one tree for each of its documents, or why it did not. */
export type ReadTrees = { readonly trees: readonly Tree[] } | { readonly problem: string };

/** Nodes of one file with aliases written out; files that people write have a hundredth. */
const NODES_MAX = 100_000;
const DEPTH_MAX = 100;

class TooMuch extends Error {}

/** Reads YAML, several documents in one file too; merge keys and aliases are resolved. */
export function readYamlTrees(text: string): ReadTrees {
  return readTrees(text, "YAML");
}

/** Reads JSON; comments and a comma too many, as many programs allow, are no problem. JSON is YAML, and YAML knows its lines. */
export function readJsonTrees(text: string): ReadTrees {
  return readTrees(text, "JSON");
}

function readTrees(text: string, form: "YAML" | "JSON"): ReadTrees {
  const lines = new LineCounter();
  try {
    const documents = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: false, ...(form === "JSON" && { schema: "json" }) });
    if ("empty" in documents) return { trees: [] };
    const broken = documents.find(({ errors }) => errors.length > 0);
    if (broken) return { problem: problemOf(broken.errors[0]!.message.split("\n")[0]!, form) };
    const budget = { left: NODES_MAX };
    return {
      trees: documents.flatMap((document) =>
        document.contents === null
          ? []
          : [new TreeBuilder(document as Document, lines, budget, sharedAnchors(document as Document, text)).build(document.contents, 0)],
      ),
    };
  } catch (error) {
    if (error instanceof TooMuch) return { problem: error.message };
    if (error instanceof RangeError) return { problem: problemOf(error.message, form) };
    throw error;
  }
}

/** The parser calls itself for every level, and says so when that is too much. */
export function problemOf(message: string, form: string): string {
  return message.startsWith("Maximum call stack")
    ? `It is no ${form} that can be read: it nests too deep.`
    : `It is no ${form}: ${message}`;
}

/** Names of what aliases stand for. Most files have none, and are not walked for it. */
function sharedAnchors(document: Document, text: string): ReadonlySet<string> {
  const shared = new Set<string>();
  if (/\*[\w-]/.test(text)) visit(document, { Alias: (_, { source }) => void shared.add(source) });
  return shared;
}

class TreeBuilder {
  readonly #document: Document;
  readonly #lines: LineCounter;
  readonly #budget: { left: number };
  /** What aliases stand for: it is written once and counts in several places. */
  readonly #shared: ReadonlySet<string>;
  #sharedDepth = 0;
  /** What each alias stands for: looking it up walks the document. */
  readonly #aliases = new Map<unknown, unknown>();

  constructor(document: Document, lines: LineCounter, budget: { left: number }, shared: ReadonlySet<string>) {
    this.#document = document;
    this.#lines = lines;
    this.#budget = budget;
    this.#shared = shared;
  }

  build(node: unknown, depth: number): Tree {
    if (--this.#budget.left < 0) throw new TooMuch(`With its aliases written out it has more than ${NODES_MAX} parts.`);
    if (depth > DEPTH_MAX) throw new TooMuch(`It nests deeper than ${DEPTH_MAX} levels.`);
    const resolved = isAlias(node) ? this.#resolved(node) : node;
    const isShared = isAlias(node) || (isNode(resolved) && "anchor" in resolved && this.#shared.has(resolved.anchor ?? ""));
    if (!isShared) return this.#built(node, resolved, depth);
    this.#sharedDepth++;
    const tree = this.#built(node, resolved, depth);
    this.#sharedDepth--;
    return tree;
  }

  #resolved(alias: Alias): unknown {
    if (!this.#aliases.has(alias)) this.#aliases.set(alias, alias.resolve(this.#document));
    return this.#aliases.get(alias);
  }

  #built(node: unknown, resolved: unknown, depth: number): Tree {
    const line = this.#lineOf(node);
    if (isMap(resolved)) return { is: "map", line, pairs: this.#pairs(resolved, depth) };
    if (isSeq(resolved)) return { is: "list", line, items: resolved.items.map((item) => this.build(item, depth + 1)) };
    const span = this.#spanOf(resolved);
    return {
      is: "scalar",
      line,
      text: scalarText(resolved) ?? "",
      isNull: !isScalar(resolved) || resolved.value === null,
      ...(span && { span }),
    };
  }

  /** From the first node to the end of the last; undefined for what is shared, or written as a block of lines. */
  #spanOf(first: unknown, last: unknown = first): Span | undefined {
    if (this.#sharedDepth > 0 || !isNode(first) || !isNode(last) || !first.range || !last.range) return undefined;
    if (isScalar(last) && (last.type === "BLOCK_LITERAL" || last.type === "BLOCK_FOLDED" || last.tag !== undefined)) return undefined;
    const span = { start: first.range[0], end: last.range[1] };
    return span.start === span.end ? undefined : span;
  }

  /** A map's pairs; what it takes in by `<<` comes first, so that its own count. */
  #pairs(map: YAMLMap, depth: number): readonly TreePair[] {
    const own: TreePair[] = [];
    const merged: TreePair[] = [];
    for (const { key, value } of map.items as readonly Pair[]) {
      if (!isScalar(key)) continue;
      const tree = this.build(value, depth + 1);
      if (key.value !== "<<") {
        const span = this.#spanOf(key, value);
        own.push({ name: String(key.value), line: this.#lineOf(key), value: tree, ...(span && { span }) });
      } else for (const each of tree.is === "list" ? tree.items : [tree]) if (each.is === "map") merged.push(...each.pairs);
    }
    const names = new Set(own.map(({ name }) => name));
    return [...merged.filter(({ name }) => !names.has(name)), ...own];
  }

  #lineOf(node: unknown): number {
    return this.#lines.linePos((node as Node | undefined)?.range?.[0] ?? 0).line;
  }
}
