import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from "yaml";
import type { AvroField, AvroNamedType, AvroSchema } from "../avro-schema.ts";
import { problemOf } from "./read-tree.ts";
import { scalarText } from "./scalar-text.ts";
import { NOTHING, type ReadFile, type SourceFile, unreadable } from "./source-file.ts";

/** Schemas nest no deeper in any that people write. */
const DEPTH_MAX = 100;

/** Reads a file that holds one Avro schema. */
export function readAvroFile(file: SourceFile): ReadFile {
  const schema = readAvro(file);
  return typeof schema === "string" ? unreadable(file.path, schema) : { ...NOTHING, avro: [schema] };
}

/** An Avro schema, or a text that says why it is none. */
function readAvro({ path, text }: SourceFile): AvroSchema | string {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false, schema: "json" });
  if (document.errors.length > 0) return problemOf(document.errors[0]!.message.split("\n")[0]!, "JSON");
  const fields: AvroField[] = [];
  const types: AvroNamedType[] = [];
  let isTooDeep = false;
  const lineOf = (node: Node): number => lines.linePos(node.range?.[0] ?? 0).line;
  const walk = (node: unknown, depth: number, record: string): void => {
    if (depth > DEPTH_MAX) isTooDeep = true;
    if (isTooDeep) return;
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
  // What lies deeper was not looked at: half a schema judged would look like the whole.
  if (isTooDeep) return `It nests deeper than ${DEPTH_MAX} levels.`;
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
    keys: keysOf(field),
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
