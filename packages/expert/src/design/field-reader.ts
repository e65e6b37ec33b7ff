import { type Alias, type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Node, visit, type YAMLMap } from "yaml";
import { scalarText } from "../lint/read/scalar-text.ts";
import { parseQuantity } from "../quantity/parse-quantity.ts";
import type { DomainIssue } from "./domain.ts";
import { type FieldSpec, type FieldSpecs, type FieldValues, isRequired, NAME_LENGTH_MAX, NAME_PATTERN } from "./field-spec.ts";

/** More is told no more: the first ones are to be mended first. */
const ISSUES_MAX = 50;
/** Names and numbers in one list, and fields in one schema. */
const LIST_MAX = 2000;

/** Names, numbers and fields in one file: an alias repeats a list with a letter. */
const VALUES_MAX = 20_000;

/** A value of the file, and the line of its key. */
export interface Placed {
  readonly node: unknown;
  readonly line: number;
}

/** Reads the keys of a design file by their specs, and keeps all that is wrong. */
export class FieldReader {
  readonly #targets: ReadonlyMap<Alias, Node>;
  readonly #lines: LineCounter;
  readonly issues: DomainIssue[] = [];
  #values = 0;

  constructor(document: Document, lines: LineCounter) {
    this.#targets = targetsOf(document);
    this.#lines = lines;
  }

  report(line: number | undefined, path: string, message: string): void {
    if (this.issues.length < ISSUES_MAX) this.issues.push({ line, path, message });
  }

  /** A map's values by key; keys that are not among the known ones are issues. */
  partsOf(map: YAMLMap, path: string, known: readonly string[]): ReadonlyMap<string, Placed> {
    const parts = new Map<string, Placed>();
    for (const { name, node, line } of this.#pairs(map)) {
      if (known.includes(name)) parts.set(name, { node, line });
      else
        this.report(
          line,
          join(path, name),
          `There is no key "${name.slice(0, 80)}" here${nearest(name, known)}; the keys are ${known.join(", ")}.`,
        );
    }
    return parts;
  }

  /** As {@link partsOf} for a value that may be missing, and must be a map. */
  partsIn(placed: Placed | undefined, path: string, known: readonly string[]): ReadonlyMap<string, Placed> {
    const node = this.#resolve(placed?.node);
    if (node === undefined || isEmpty(node)) return new Map();
    if (isMap(node)) return this.partsOf(node, path, known);
    this.report(placed?.line, path, `It must be a map of ${known.slice(0, 4).join(", ")} …`);
    return new Map();
  }

  /** The named parts of a map whose keys are the user's own. */
  entriesOf(placed: Placed | undefined, path: string, max: number): readonly (Placed & { readonly name: string })[] {
    const node = this.#resolve(placed?.node);
    if (!isMap(node) || node.items.length === 0) {
      this.report(placed?.line ?? 1, path, `There must be at least one; write them under ${path}: by name.`);
      return [];
    }
    if (node.items.length > max) {
      this.report(placed!.line, path, `There are ${node.items.length}; ${max} at most are one system.`);
      return [];
    }
    return this.#pairs(node);
  }

  /** All keys of a part. A value that is wrong is an issue, and stands in the result as something of its kind. */
  read<Specs extends FieldSpecs>(specs: Specs, parts: ReadonlyMap<string, Placed>, path: string, line: number): FieldValues<Specs> {
    const values: Record<string, unknown> = {};
    for (const [key, spec] of Object.entries(specs)) {
      const placed = parts.get(key);
      const node = this.#resolve(placed?.node);
      const isGiven = node !== undefined && !isEmpty(node);
      if (isGiven) values[key] = this.#value(spec, node, join(path, key), placed!.line);
      else if (isRequired(spec)) {
        this.report(line, join(path, key), `Give ${key}: ${spec.summary} (as in ${key}: ${spec.example}).`);
        values[key] = "dimension" in spec || spec.kind === "integer" ? 1 : "";
      } else values[key] = defaultOf(spec);
    }
    return values as FieldValues<Specs>;
  }

  #value(spec: FieldSpec, node: unknown, path: string, line: number): unknown {
    if (spec.kind === "names") return this.#list(node, path, line, (text) => text);
    if (spec.kind === "quantities") return this.#list(node, path, line, (text) => this.#quantity(text, spec.dimension, path, line));
    if (spec.kind === "texts") return this.#texts(node, path, line);
    const text = scalarText(node);
    if (text !== undefined) return this.#scalar(spec, text, path, line);
    this.report(line, path, `It must be one value, as in ${spec.example}.`);
    return spec.kind === "quantity" || spec.kind === "integer" ? 1 : "";
  }

  #scalar(spec: Exclude<FieldSpec, { kind: "names" | "quantities" | "texts" }>, text: string, path: string, line: number): unknown {
    switch (spec.kind) {
      case "quantity":
        return this.#quantity(text, spec.dimension, path, line);
      case "integer": {
        const value = Number(text.replaceAll("_", ""));
        if (Number.isInteger(value) && value >= spec.min && value <= spec.max) return value;
        this.report(line, path, `"${text}" is no whole number from ${spec.min} to ${spec.max}.`);
        return spec.min;
      }
      case "choice":
        if (!spec.choices.includes(text)) this.report(line, path, `"${text.slice(0, 80)}" is none of ${spec.choices.join(", ")}.`);
        return text;
      case "flag":
        if (text !== "true" && text !== "false") this.report(line, path, `"${text.slice(0, 80)}" is neither true nor false.`);
        return text === "true";
      case "name":
        if (!NAME_PATTERN.test(text) || text.length > NAME_LENGTH_MAX)
          this.report(
            line,
            path,
            `"${text.slice(0, 80)}" is no name: letters, digits, ".", "_" and "-" make one, ${NAME_LENGTH_MAX} at most.`,
          );
        return text;
      case "text":
        if (/[\n\r\0]/.test(text)) this.report(line, path, "It must be one line.");
        return text;
    }
  }

  #quantity(text: string, dimension: Parameters<typeof parseQuantity>[1], path: string, line: number): number {
    try {
      const value = parseQuantity(text, dimension);
      if (value > 0) return value;
      this.report(line, path, `It is ${text}; it must be above 0.`);
    } catch (error) {
      this.report(line, path, (error as Error).message);
    }
    return 1;
  }

  #list<Item>(node: unknown, path: string, line: number, read: (text: string) => Item): readonly Item[] {
    const items = isSeq(node) ? node.items : [node];
    if (!this.#hasRoomFor(items.length, path, line)) return [];
    if (items.length > LIST_MAX) this.report(line, path, `It has ${items.length} values; ${LIST_MAX} at most.`);
    return items.slice(0, LIST_MAX).flatMap((item) => {
      const text = scalarText(this.#resolve(item));
      if (text !== undefined && text !== "") return [read(text)];
      this.report(line, path, "It must be a list of single values.");
      return [];
    });
  }

  #texts(node: unknown, path: string, line: number): Readonly<Record<string, string>> {
    if (!isMap(node) || node.items.length > LIST_MAX) {
      this.report(line, path, `It must be a map of names and types, ${LIST_MAX} at most.`);
      return {};
    }
    if (!this.#hasRoomFor(node.items.length, path, line)) return {};
    return Object.fromEntries(
      this.#pairs(node).flatMap(({ name, node: value, line: at }) => {
        const text = scalarText(value);
        if (text) return [[name, text]];
        const isCut = name.endsWith(")");
        this.report(
          at,
          isCut ? path : join(path, name),
          isCut
            ? 'Within { } a comma ends a value: quote it, as in "decimal(12,2)", or give each field its own line.'
            : "It must be a type, as in string or decimal(12,2).",
        );
        return [];
      }),
    );
  }

  #hasRoomFor(values: number, path: string, line: number): boolean {
    this.#values += values;
    if (this.#values <= VALUES_MAX) return true;
    this.report(
      line,
      path,
      `The lists of the file have more than ${VALUES_MAX} values together: that is no system that one file describes.`,
    );
    return false;
  }

  #pairs(map: YAMLMap): readonly (Placed & { readonly name: string })[] {
    return map.items.flatMap(({ key, value }) =>
      isScalar(key) ? [{ name: String(key.value), node: this.#resolve(value), line: this.#lines.linePos(key.range?.[0] ?? 0).line }] : [],
    );
  }

  #resolve(node: unknown): unknown {
    return isAlias(node) ? this.#targets.get(node) : (node ?? undefined);
  }
}

/** What each alias stands for: the last part before it that has its name. Asked one by one, each would look through the whole file. */
function targetsOf(document: Document): ReadonlyMap<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(document, {
    Node: (_key, node) => {
      if (!isAlias(node)) {
        if (node.anchor !== undefined) anchors.set(node.anchor, node);
        return;
      }
      const target = anchors.get(node.source);
      if (target) targets.set(node, target);
    },
  });
  return targets;
}

function defaultOf(spec: FieldSpec): unknown {
  if (spec.kind === "names" || spec.kind === "quantities") return [];
  if (spec.kind === "texts") return {};
  return "default" in spec ? spec.default : undefined;
}

function isEmpty(node: unknown): boolean {
  return isScalar(node) && (node.value === null || node.value === "");
}

function join(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}

/** ` (did you mean rate?)` for a key that is a letter or two off. */
function nearest(name: string, known: readonly string[]): string {
  const near = known.find((each) => each.toLowerCase() === name.toLowerCase().replaceAll(/[-_]/g, "") || distanceIsSmall(each, name));
  return near === undefined ? "" : ` (is ${near} meant?)`;
}

/** Whether one letter was left out, put in, or is another one. */
function distanceIsSmall(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1 || a.length < 3) return false;
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  return a.slice(i + 1) === b.slice(i + 1) || a.slice(i) === b.slice(i + 1) || a.slice(i + 1) === b.slice(i);
}
