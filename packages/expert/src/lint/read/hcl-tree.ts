import { childOfType, type Syntax } from "../../source/syntax/syntax.ts";
import type { Span, Tree, TreePair } from "./tree.ts";

/** What stands in a file of HCL, and where values come from elsewhere. */
export interface HclTree {
  /** In the shape of Terraform's own JSON: blocks by type and labels, of one name a list when there are more. */
  readonly tree: Tree;
  /** Lines of values that variables, functions or other resources fill in. */
  readonly openLines: readonly number[];
}

/** A file of HCL as a tree. Values of `locals` of the same file are known; what else is filled in stands as `${…}`, as in any template. */
export function hclTree(root: Syntax): HclTree {
  return new HclReader().read(root);
}

class HclReader {
  readonly #locals = new Map<string, Tree>();
  readonly #openLines = new Set<number>();

  read(root: Syntax): HclTree {
    const body = childOfType(root, "body");
    for (const block of body?.children ?? [])
      if (block.type === "block" && nameOf(block) === "locals")
        for (const { name, value } of this.#pairs(childOfType(block, "body"))) this.#locals.set(name, value);
    // What a local itself takes from elsewhere is told where it is used.
    this.#openLines.clear();
    const tree: Tree = { is: "map", line: 1, pairs: this.#pairs(body) };
    return { tree, openLines: [...this.#openLines].toSorted((a, b) => a - b) };
  }

  #pairs(body: Syntax | undefined): readonly TreePair[] {
    const pairs: TreePair[] = [];
    for (const node of body?.children ?? []) {
      const value = node.type === "attribute" ? childOfType(node, "expression") : undefined;
      if (value) pairs.push({ name: nameOf(node), line: node.line, span: spanOf(node), value: this.#value(value) });
      if (node.type === "block" && nameOf(node) !== "locals") pairs.push(this.#block(node));
    }
    return pairs;
  }

  /** `resource "a" "b" {…}` as `{resource: {a: {b: …}}}`. */
  #block(block: Syntax): TreePair {
    const line = block.line;
    const labels = block.children.filter(({ type }) => type === "string_lit").map((label) => literalText(label) ?? label.text);
    let value: Tree = { is: "map", line, pairs: this.#pairs(childOfType(block, "body")) };
    for (const label of labels.toReversed()) value = { is: "map", line, pairs: [{ name: label, line, value }] };
    return { name: nameOf(block), line, value };
  }

  #value(expression: Syntax): Tree {
    const [inner] = expression.children;
    const line = expression.line;
    if (expression.children.length === 1 && inner) {
      if (inner.type === "expression") return this.#value(inner);
      const collection = inner.type === "collection_value" ? inner.children[0] : undefined;
      if (collection?.type === "object") return { is: "map", line, pairs: this.#elements(collection) };
      if (collection?.type === "tuple")
        return {
          is: "list",
          line,
          items: collection.children.filter(({ type }) => type === "expression").map((each) => this.#value(each)),
        };
      const text = plainText(inner);
      if (text !== undefined) return { is: "scalar", line, text, isNull: text === "" && inner.text === "null", span: spanOf(expression) };
    }
    const local = /^local\.([\w-]+)$/.exec(expression.text)?.[1];
    const known = local === undefined ? undefined : this.#locals.get(local);
    if (known) return withoutSpans(known, line);
    this.#openLines.add(line);
    return { is: "scalar", line, text: openText(expression), isNull: false };
  }

  #elements(object: Syntax): readonly TreePair[] {
    return object.children.flatMap((element): TreePair[] => {
      if (element.type !== "object_elem") return [];
      const [key, value] = element.children.filter(({ type }) => type === "expression");
      if (!key || !value) return [];
      // A bare word is a name, and what stands in brackets is worked out.
      const name = /^[\w-]+$/.test(key.text) ? key.text : plainText(key.children[0]);
      return name === undefined
        ? (this.#openLines.add(key.line), [])
        : [{ name, line: element.line, span: spanOf(element), value: this.#value(value) }];
    });
  }
}

function nameOf(node: Syntax): string {
  return childOfType(node, "identifier")?.text ?? "";
}

function spanOf({ start, end }: Syntax): Span {
  return { start, end };
}

/** A literal as Kafka is given it; undefined for what has to be worked out. */
function plainText(node: Syntax | undefined): string | undefined {
  if (node?.type === "template_expr") return node.children[0]?.type === "heredoc_template" ? heredocText(node.children[0]) : undefined;
  if (node?.type === "operation") return /^-\s*[\d.]+$/.test(node.text) ? node.text.replace(/\s/g, "") : undefined;
  const literal = node?.type === "literal_value" ? node.children[0] : undefined;
  if (!literal) return node?.type === "literal_value" ? (node.text === "null" ? "" : node.text) : undefined;
  return literal.type === "string_lit" ? literalText(literal) : literal.type === "null_lit" ? "" : literal.text;
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\" };

/** A quoted text without its quotes; undefined when something is put into it. */
function literalText({ text, children }: Syntax): string | undefined {
  if (children.some(({ type }) => type === "template_interpolation" || type === "template_directive")) return undefined;
  return text
    .slice(1, -1)
    .replaceAll(/\\(["nrt\\])/g, (_, letter: string) => ESCAPES[letter]!)
    .replaceAll(/\\u([0-9a-fA-F]{4})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replaceAll(/([$%])\1(?=\{)/g, "$1");
}

/** The lines between the marks of a heredoc. What is put into it stays as it is written. */
function heredocText({ text }: Syntax): string {
  const lines = text.split("\n");
  return lines.slice(1, -1).join("\n");
}

/** What is filled in, as a template: rules pass over it. */
function openText({ text }: Syntax): string {
  // A quoted text with something put into it is a template as it stands.
  if (/^"[^"\n]*\$\{[^"\n]*"$/.test(text)) return text.slice(1, -1);
  return `\${${text.length > 200 ? "…" : text.replaceAll(/[{}\n]/g, " ")}}`;
}

/** What a name stands for is not written where it is used: no change of it is made there. */
function withoutSpans(tree: Tree, line: number): Tree {
  if (tree.is === "scalar") return { is: "scalar", line, text: tree.text, isNull: tree.isNull };
  if (tree.is === "list") return { is: "list", line, items: tree.items.map((item) => withoutSpans(item, line)) };
  return { is: "map", line, pairs: tree.pairs.map(({ name, value }) => ({ name, line, value: withoutSpans(value, line) })) };
}
