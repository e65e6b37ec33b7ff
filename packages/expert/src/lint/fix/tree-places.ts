import type { Span, Tree, TreePair } from "../read/tree.ts";

/** A value that can be changed: a pair's, or an assignment in a list. */
export interface ValuePlace {
  /** The value as it is written, quotes included; of an assignment the whole. */
  readonly value: Span;
  /** What is taken out with it, from the name on. */
  readonly whole: Span;
  readonly name: string;
  readonly form: "pair" | "assignment" | "name and value";
  /** The pairs beside it, itself included, in their order; none of an assignment. */
  readonly siblings: readonly TreePair[];
  readonly line: number;
}

/** Every scalar of a tree that stands in one place of the text. */
export function valuePlaces(tree: Tree): readonly ValuePlace[] {
  const places: ValuePlace[] = [];
  const waiting: Tree[] = [tree];
  while (waiting.length > 0) {
    const node = waiting.pop()!;
    if (node.is === "list")
      for (const item of node.items) {
        waiting.push(item);
        const place = item.is === "scalar" ? assignmentOf(item.text, item.span, item.line) : nameAndValueOf(item);
        if (place) places.push(place);
      }
    if (node.is === "map")
      for (const pair of node.pairs) {
        waiting.push(pair.value);
        const { name, line, span, value } = pair;
        if (value.is === "scalar" && value.span && span)
          places.push({ value: value.span, whole: span, name, form: "pair", siblings: node.pairs, line });
      }
  }
  return places;
}

function assignmentOf(text: string, span: Span | undefined, line: number): ValuePlace | undefined {
  const equals = text.indexOf("=");
  return equals < 0 || !span
    ? undefined
    : { value: span, whole: span, name: text.slice(0, equals), form: "assignment", siblings: [], line };
}

/** As Kubernetes writes an environment: two pairs and no more. */
function nameAndValueOf(item: Tree): ValuePlace | undefined {
  if (item.is !== "map" || item.pairs.length !== 2) return undefined;
  const name = item.pairs.find((pair) => pair.name === "name");
  const value = item.pairs.find((pair) => pair.name === "value");
  if (name?.value.is !== "scalar" || value?.value.is !== "scalar" || !name.span || !value.span || !value.value.span) return undefined;
  const whole = { start: Math.min(name.span.start, value.span.start), end: Math.max(name.span.end, value.span.end) };
  return { value: value.value.span, whole, name: name.value.text, form: "name and value", siblings: [], line: name.value.line };
}
