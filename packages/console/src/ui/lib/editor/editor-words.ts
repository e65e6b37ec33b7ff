import { looksLikeJson } from "./looks-like-json.ts";

/** A word that an editor offers. */
export interface EditorWord {
  readonly text: string;
  /** In JSON, where it stands: the name of a field, or a value that is a text. Elsewhere both are words. */
  readonly place: "key" | "value";
  readonly detail?: string;
}

const WORDS_MAX = 500;
const RECORDS_MAX = 100;
const LENGTH_MAX = 200_000;

const words = (place: EditorWord["place"], detail: string, ...texts: readonly string[]): readonly EditorWord[] =>
  texts.map((text) => ({ text, place, detail }));

const AVRO: readonly EditorWord[] = [
  ...words("key", "Avro", "type", "name", "namespace", "doc", "fields", "default", "aliases", "order"),
  ...words("key", "Avro", "symbols", "items", "values", "size", "logicalType", "precision", "scale"),
  ...words("value", "primitive", "null", "boolean", "int", "long", "float", "double", "bytes", "string"),
  ...words("value", "complex", "record", "enum", "array", "map", "fixed"),
  ...words("value", "of bytes or fixed", "decimal"),
  ...words("value", "of string", "uuid"),
  ...words("value", "of int", "date", "time-millis"),
  ...words("value", "of long", "time-micros", "timestamp-millis", "timestamp-micros", "timestamp-nanos"),
  ...words("value", "of long", "local-timestamp-millis", "local-timestamp-micros", "local-timestamp-nanos"),
  ...words("value", "of fixed(12)", "duration"),
];

const JSON_SCHEMA: readonly EditorWord[] = [
  ...words("key", "JSON Schema", "$schema", "$id", "$ref", "$defs", "$comment", "definitions", "title", "description", "type"),
  ...words("key", "of objects", "properties", "required", "additionalProperties", "patternProperties", "propertyNames"),
  ...words("key", "of objects", "minProperties", "maxProperties", "dependentRequired", "dependentSchemas", "unevaluatedProperties"),
  ...words("key", "of lists", "items", "prefixItems", "contains", "minItems", "maxItems", "uniqueItems"),
  ...words("key", "of texts", "minLength", "maxLength", "pattern", "format", "contentEncoding", "contentMediaType"),
  ...words("key", "of numbers", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
  ...words("key", "JSON Schema", "enum", "const", "default", "examples", "deprecated", "readOnly", "writeOnly"),
  ...words("key", "JSON Schema", "allOf", "anyOf", "oneOf", "not", "if", "then", "else"),
  ...words("value", "type", "object", "array", "string", "number", "integer", "boolean", "null"),
  ...words("value", "format", "date-time", "date", "time", "duration", "email", "hostname", "ipv4", "ipv6", "uri", "uuid", "regex"),
  ...words("value", "draft", "https://json-schema.org/draft/2020-12/schema", "http://json-schema.org/draft-07/schema#"),
];

const PROTOBUF: readonly EditorWord[] = [
  ...words("key", "keyword", "syntax", "package", "import", "option", "message", "enum", "oneof", "map", "repeated", "optional"),
  ...words("key", "keyword", "reserved", "extensions", "extend", "required", "service", "rpc", "returns", "stream", "public", "weak"),
  ...words("value", "scalar", "double", "float", "int32", "int64", "uint32", "uint64", "sint32", "sint64"),
  ...words("value", "scalar", "fixed32", "fixed64", "sfixed32", "sfixed64", "bool", "string", "bytes"),
  ...words("value", "well-known", "google.protobuf.Timestamp", "google.protobuf.Duration", "google.protobuf.Any"),
  ...words("value", "well-known", "google.protobuf.Struct", "google.protobuf.StringValue", "google.protobuf.Int64Value"),
];

/** What is written in schemas of each format. */
export const SCHEMA_WORDS: Readonly<Record<"AVRO" | "JSON" | "PROTOBUF", readonly EditorWord[]>> = { AVRO, JSON: JSON_SCHEMA, PROTOBUF };

/** Names of fields in records that are JSON, the most frequent first; texts that are cut, long or no JSON are passed over. */
export function wordsOfRecords(texts: readonly string[]): readonly EditorWord[] {
  const seen = new Map<string, number>();
  for (const text of texts.slice(0, RECORDS_MAX)) {
    if (text.length > LENGTH_MAX || !looksLikeJson(text)) continue;
    try {
      // The reader's own walk: no depth of a record can be too deep for it that was not for the reading.
      JSON.parse(text, function (this: unknown, name: string, value: unknown): unknown {
        if (!Array.isArray(this) && name !== "" && (seen.has(name) || seen.size < WORDS_MAX)) seen.set(name, (seen.get(name) ?? 0) + 1);
        return value;
      });
    } catch {
      // It is no JSON.
    }
  }
  return [...seen].sort(([, a], [, b]) => b - a).map(([text]) => ({ text, place: "key", detail: "of this topic" }));
}
