import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from "yaml";
import { scalarText } from "./scalar-text.ts";
import type { SourceFile } from "./source-file.ts";

/** A field of a record, as it stands in the file. */
export interface AvroField {
  readonly record: string;
  readonly name: string;
  readonly line: number;
  /** Names of the types that a value can have, a union's taken apart: `double`, `null`, `bytes`. Of a type with attributes, its own name. */
  readonly types: readonly string[];
  /** The field's own attributes that are texts: `doc`, a misplaced `logicalType`. */
  readonly attributes: ReadonlyMap<string, string>;
  /** Whether its type is written as an object of its own, where attributes of the type belong. */
  readonly hasTypeObject: boolean;
}

/** A record or enum that the file defines. */
interface AvroNamedType {
  readonly kind: "record" | "enum";
  readonly name: string;
  readonly line: number;
  readonly keys: ReadonlySet<string>;
  readonly isOutermost: boolean;
}

/** What rules look at in an Avro schema. */
export interface AvroSchema {
  readonly file: string;
  readonly fields: readonly AvroField[];
  readonly types: readonly AvroNamedType[];
}

/** Schemas nest no deeper in any that people write. */
const DEPTH_MAX = 100;

/** Reads an Avro schema. A text says why it could not be. */
export function readAvro({ path, text }: SourceFile): AvroSchema | string {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false, schema: "json" });
  if (document.errors.length > 0) return `It is no JSON: ${document.errors[0]!.message.split("\n")[0]}`;
  const fields: AvroField[] = [];
  const types: AvroNamedType[] = [];
  const lineOf = (node: Node): number => lines.linePos(node.range?.[0] ?? 0).line;
  const walk = (node: unknown, depth: number, record: string): void => {
    if (depth > DEPTH_MAX) return;
    if (isSeq(node)) for (const each of node.items) walk(each, depth + 1, record);
    if (!isMap(node)) return;
    const kind = scalarText(node.get("type", true));
    const name = scalarText(node.get("name", true)) ?? record;
    if (kind === "record" || kind === "enum" || kind === "error")
      types.push({ kind: kind === "enum" ? "enum" : "record", name, line: lineOf(node), keys: keysOf(node), isOutermost: depth === 0 });
    const own = node.get("fields", true);
    if (isSeq(own))
      for (const field of own.items) {
        if (!isMap(field)) continue;
        fields.push(fieldOf(field, name, lineOf(field)));
        walk(field.get("type", true), depth + 1, name);
      }
    for (const key of ["items", "values", "type"]) walk(node.get(key, true), depth + 1, name);
  };
  walk(document.contents, 0, "the schema");
  return { file: path, fields, types };
}

function fieldOf(field: YAMLMap, record: string, line: number): AvroField {
  const type: unknown = field.get("type", true);
  const attributes = new Map(
    field.items.flatMap(({ key, value }) =>
      isScalar(key) && scalarText(value) !== undefined ? [[String(key.value), scalarText(value)!] as const] : [],
    ),
  );
  return {
    record,
    name: scalarText(field.get("name", true)) ?? "a field without name",
    line,
    types: typeNames(type),
    attributes,
    hasTypeObject: isMap(type),
  };
}

function typeNames(type: unknown): readonly string[] {
  if (isSeq(type)) return type.items.flatMap(typeNames);
  const text = scalarText(isMap(type) ? type.get("type", true) : type);
  return text === undefined ? [] : [text];
}

function keysOf(map: YAMLMap): ReadonlySet<string> {
  return new Set(map.items.flatMap(({ key }) => (isScalar(key) ? [String(key.value)] : [])));
}
