import { avroFormat } from "./avro/avro-format.ts";
import { loadJsonSchemaFormat } from "./json-schema/json-schema-format.ts";
import { protobufFormat } from "./protobuf/protobuf-format.ts";
import type { SchemaFormat, SchemaType } from "./schema-format.ts";

/** All formats that registries know. What JSON Schema and Protobuf stand on costs about a hundred milliseconds to load, so a program that is waited for asks for them afterwards. */
export async function loadFormats(): Promise<Readonly<Record<SchemaType, SchemaFormat>>> {
  return { AVRO: avroFormat, JSON: await loadJsonSchemaFormat(), PROTOBUF: protobufFormat };
}
