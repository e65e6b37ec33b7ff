import type { AvroSchema } from "../avro-schema.ts";
import type { JsonSchema } from "../json-schema.ts";
import type { ProtoSchema } from "../proto-schema.ts";
import type { FoundDocument, ReadFile } from "./source-file.ts";

/** What was read from a text that begins that many lines further down in another one, by the lines of that other one. */
export function shiftLines(read: ReadFile, by: number): ReadFile {
  const shift = <T extends { readonly line: number }>(all: readonly T[]): readonly T[] =>
    all.map((each) => ({ ...each, line: each.line + by }));
  const document = (found: FoundDocument): FoundDocument => ({
    ...found,
    document: { ...found.document, entries: shift(found.document.entries) },
  });
  const avro = (schema: AvroSchema): AvroSchema => ({ ...schema, fields: shift(schema.fields), types: shift(schema.types) });
  const proto = (schema: ProtoSchema): ProtoSchema => ({
    ...schema,
    types: shift(schema.types).map((type) => ({ ...type, fields: shift(type.fields), values: shift(type.values) })),
  });
  const json = (schema: JsonSchema): JsonSchema => ({
    ...schema,
    line: schema.line + by,
    objects: shift(schema.objects).map((each) => ({ ...each, properties: shift(each.properties), required: shift(each.required) })),
  });
  return {
    ...read,
    documents: read.documents.map(document),
    avro: read.avro.map(avro),
    proto: read.proto.map(proto),
    jsonSchemas: read.jsonSchemas.map(json),
  };
}
