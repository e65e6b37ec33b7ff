import type { BlockCode, Code, Place } from "../code/code.ts";
import type { Imported } from "../code/source-code.ts";
import type { Syntax } from "../syntax/syntax.ts";

/** A language's tree as a program. */
export interface Lowered {
  readonly root: BlockCode;
  readonly imports: readonly Imported[];
  readonly exports: ReadonlySet<string>;
}

/** How one type of node becomes code. */
export type LowerNode = (node: Syntax, lower: Lower) => Code;
/** What is missing, in broken text, is nothing. */
export type Lower = (node: Syntax | undefined) => Code;

/** Where a node stands, for the code made of it. */
export function at(node: Syntax): Place & { parent: undefined } {
  return { start: node.start, end: node.end, line: node.line, parent: undefined };
}

/** Lowers by a table of types; a node of none of them is a block of its parts, a leaf a name. */
export function lowerBy(table: Readonly<Record<string, LowerNode>>): Lower {
  const lower: Lower = (node) => {
    if (!node) return { kind: "block", start: 0, end: 0, line: 1, parent: undefined, items: [] };
    const own = Object.hasOwn(table, node.type) ? table[node.type] : undefined;
    if (own) return own(node, lower);
    return node.children.length === 0
      ? block(node, [])
      : block(
          node,
          node.children.map((child) => lower(child)),
        );
  };
  return lower;
}

/** A block; of one part, the part itself. */
export function blockOf(node: Syntax, items: readonly Code[]): Code {
  return items.length === 1 ? items[0]! : block(node, items);
}

export function block(node: Syntax, items: readonly Code[]): BlockCode {
  return { kind: "block", ...at(node), items };
}

export function nameOf(node: Syntax, name: string = node.text): Code {
  return { kind: "name", ...at(node), name };
}

export function literal(node: Syntax, value: string): Code {
  return { kind: "literal", ...at(node), value };
}

/** A number as Kafka would have it, whatever separators and suffixes the language allows. */
export function numberOf(node: Syntax): Code {
  const text = node.text.replaceAll("_", "");
  const plain = /^0x/i.test(text) ? text : text.replace(/[lLfFdDnuU]+$/, "");
  return literal(node, /^(0[xXoObB][\da-fA-F]+|\d[\d.]*(e[+-]?\d+)?)$/i.test(plain) ? String(Number(plain)) : plain);
}

/** A text of which nothing is filled in. */
export function textOf(node: Syntax, value: string | undefined, holes: readonly Code[] = []): Code {
  return { kind: "text", ...at(node), value, holes };
}

/** The usual escapes taken back. */
export function unescaped(text: string): string {
  return text.replaceAll(/\\(u\{?[\da-fA-F]+\}?|.|\n)/gs, (_, escape: string) => {
    if (escape.startsWith("u") && escape.length > 1)
      return String.fromCodePoint(Number.parseInt(escape.replaceAll(/[u{}]/g, ""), 16) % 0x11_00_00);
    return ESCAPES[escape] ?? escape;
  });
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "\n": "" };

/** A call whose parts are known. */
export function call(node: Syntax, callee: Code, args: readonly Code[], isNew = false): Code {
  return { kind: "call", ...at(node), callee, args, isNew };
}

export function member(node: Syntax, object: Code, name: string): Code {
  return { kind: "member", ...at(node), object, name };
}

export function operation(node: Syntax, operator: string, operands: readonly Code[]): Code {
  return { kind: "operation", ...at(node), operator, operands };
}
