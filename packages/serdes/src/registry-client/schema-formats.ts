import type { SchemaFormatName } from "../schema-types.ts";

const FORMATS: readonly unknown[] = ["AVRO", "JSON", "PROTOBUF"];

export function isSchemaFormat(word: unknown): word is SchemaFormatName {
  return FORMATS.includes(word);
}
