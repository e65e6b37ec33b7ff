/** From where to where it stands in the text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A text, number or truth value as Kafka would be given it, with where it stands. */
interface TreeScalar {
  readonly is: "scalar";
  readonly line: number;
  /** As it is written, quotes included; not there for what stands elsewhere or is taken from several places. */
  readonly span?: Span;
  readonly text: string;
  /** Whether nothing stands there, or `null`. */
  readonly isNull: boolean;
}

interface TreeList {
  readonly is: "list";
  readonly line: number;
  readonly items: readonly Tree[];
}

interface TreeMap {
  readonly is: "map";
  readonly line: number;
  readonly pairs: readonly TreePair[];
}

/** A name and its value; of a name that stands twice in a map, both. */
export interface TreePair {
  readonly name: string;
  /** Of the name. */
  readonly line: number;
  /** Name and value; not there for what stands elsewhere or is taken from several places. */
  readonly span?: Span;
  readonly value: Tree;
}

/** What YAML, JSON and HCL have in common: maps, lists and scalars that know their lines, aliases resolved. */
export type Tree = TreeScalar | TreeList | TreeMap;

/** The value at a path of names; undefined where a part of it is not there. */
export function at(tree: Tree | undefined, ...path: readonly string[]): Tree | undefined {
  let node = tree;
  for (const name of path) node = node?.is === "map" ? node.pairs.findLast((pair) => pair.name === name)?.value : undefined;
  return node;
}

/** The text at a path, if a scalar that is not null stands there. */
export function textAt(tree: Tree | undefined, ...path: readonly string[]): string | undefined {
  const node = at(tree, ...path);
  return node?.is === "scalar" && !node.isNull ? node.text : undefined;
}

export function pairsOf(tree: Tree | undefined): readonly TreePair[] {
  return tree?.is === "map" ? tree.pairs : [];
}

export function itemsOf(tree: Tree | undefined): readonly Tree[] {
  return tree?.is === "list" ? tree.items : [];
}

/** A pair under its whole path, names joined by dots. A list of scalars is one pair, joined by commas, as Kafka takes lists; other lists have their index in brackets. */
export interface FlatPair {
  readonly name: string;
  readonly value: string;
  readonly line: number;
}

/** All pairs below, in the order of the text. A pair without a value is empty. */
export function flatten(tree: Tree | undefined, prefix = ""): readonly FlatPair[] {
  const found: FlatPair[] = [];
  collect(tree, prefix, tree?.line ?? 1, found);
  return found;
}

function collect(tree: Tree | undefined, name: string, line: number, found: FlatPair[]): void {
  if (tree === undefined) return;
  if (tree.is === "scalar") found.push({ name, value: tree.text, line });
  else if (tree.is === "map")
    for (const pair of tree.pairs) collect(pair.value, name === "" ? pair.name : `${name}.${pair.name}`, pair.line, found);
  else if (tree.items.every((item) => item.is === "scalar"))
    found.push({ name, value: tree.items.map(({ text }) => text).join(","), line });
  else for (const [i, item] of tree.items.entries()) collect(item, `${name}[${i}]`, item.line, found);
}
