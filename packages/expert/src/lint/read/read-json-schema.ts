import type { JsonObjectSchema, JsonProperty, JsonSchema } from "../json-schema.ts";
import { at, itemsOf, pairsOf, textAt, type Tree } from "./tree.ts";

/** What was read nests no deeper: a schema is never judged in part. */
const DEPTH_MAX = 100;

/** Names that schemas of records commonly have: other programs' settings have schemas too, and those are none of Kafka's. */
const OF_RECORDS =
  /(?:[._-]schema|[-_.](?:value|key)|\.jsonschema)(?:[-_.]v?\d+)?\.json$|(?:^|\/)(?:schemas?|events?|kafka|topics?|subjects?|messages?|contracts?|avro|registry)\//i;

/** Whether a file is a JSON Schema that describes records. */
export function isRecordSchema(path: string, tree: Tree): boolean {
  const dialect = textAt(tree, "$schema");
  return (
    dialect !== undefined &&
    /json-schema\.org/.test(dialect) &&
    OF_RECORDS.test(path) &&
    (at(tree, "properties") !== undefined || ["allOf", "oneOf", "anyOf", "$ref"].some((key) => at(tree, key) !== undefined))
  );
}

/** What a JSON Schema says of objects, wherever it does. */
export function readJsonSchema(file: string, tree: Tree): JsonSchema {
  const objects: JsonObjectSchema[] = [];
  walk(tree, "the schema", 0, objects);
  return { file, line: tree.line, keys: new Set(pairsOf(tree).map(({ name }) => name)), objects };
}

/** Keywords that hold one schema, a list of them, or a map of them by name. */
const ONE = ["items", "additionalProperties", "unevaluatedProperties", "contains", "not", "if", "then", "else", "propertyNames"];
const LIST = ["allOf", "anyOf", "oneOf", "prefixItems"];
const MAP = ["properties", "patternProperties", "definitions", "$defs", "dependentSchemas"];

function walk(tree: Tree, name: string, depth: number, objects: JsonObjectSchema[], isPart = false): void {
  if (depth > DEPTH_MAX || tree.is !== "map") return;
  const properties = at(tree, "properties");
  // A part of a combination says only some of what the whole does.
  if (properties?.is === "map" && !isPart) objects.push(objectOf(tree, name, properties));
  for (const pair of pairsOf(tree)) {
    const { name: keyword, value } = pair;
    const below = name === "the schema" ? keyword : `${name}.${keyword}`;
    if (ONE.includes(keyword))
      walk(value, below, depth + 1, objects, isPart || keyword === "if" || keyword === "not" || keyword === "then" || keyword === "else");
    if (LIST.includes(keyword))
      for (const [i, each] of itemsOf(value).entries()) walk(each, `${below}[${i}]`, depth + 1, objects, isPart || keyword !== "oneOf");
    if (MAP.includes(keyword)) for (const each of pairsOf(value)) walk(each.value, `${below}.${each.name}`, depth + 1, objects);
  }
}

function objectOf(tree: Tree, name: string, properties: Tree): JsonObjectSchema {
  const closing = at(tree, "additionalProperties") ?? at(tree, "unevaluatedProperties");
  return {
    name,
    line: tree.line,
    properties: pairsOf(properties).map(
      (pair): JsonProperty => ({
        name: pair.name,
        line: pair.line,
        types: typesOf(pair.value),
        isConstrained: pair.value.is !== "map" || pairsOf(pair.value).some(({ name: keyword }) => SAYS_WHAT.has(keyword)),
      }),
    ),
    // What comes from elsewhere may name it.
    required: ["allOf", "anyOf", "oneOf", "$ref", "patternProperties", "if"].some((key) => at(tree, key) !== undefined)
      ? []
      : itemsOf(at(tree, "required")).flatMap((each) => (each.is === "scalar" ? [{ name: each.text, line: each.line }] : [])),
    isOpen: closing === undefined ? undefined : !(closing.is === "scalar" && closing.text === "false"),
  };
}

const SAYS_WHAT: ReadonlySet<string> = new Set(
  "type $ref $dynamicRef enum const oneOf anyOf allOf not if properties items format pattern minimum maximum connect.type".split(" "),
);

function typesOf(schema: Tree): readonly string[] {
  const type = at(schema, "type");
  if (type?.is === "scalar") return [type.text];
  return itemsOf(type).flatMap((each) => (each.is === "scalar" ? [each.text] : []));
}
