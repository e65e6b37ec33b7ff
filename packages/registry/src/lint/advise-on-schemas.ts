import type { ParsedSchema } from "../formats/schema-format.ts";
import type { ParsedAvro } from "../formats/avro/avro-format.ts";
import type { ParsedJsonSchema } from "../formats/json-schema/json-schema-format.ts";
import type { ParsedProtobuf } from "../formats/protobuf/protobuf-format.ts";
import { avroAdvice } from "./avro-advice.ts";
import { avroChangeAdvice } from "./avro-change-advice.ts";
import { jsonSchemaAdvice } from "./json-schema-advice.ts";
import { jsonSchemaChangeAdvice } from "./json-schema-change-advice.ts";
import { protobufAdvice } from "./protobuf-advice.ts";
import { protobufChangeAdvice } from "./protobuf-change-advice.ts";

import { MAX_ADVICE, type SchemaAdvice } from "./schema-advice.ts";

/** What one schema has that readers misread. Bounded by {@link MAX_ADVICE}. */
export function schemaAdvice(schema: ParsedSchema): readonly SchemaAdvice[] {
  switch (schema.type) {
    case "AVRO":
      return avroAdvice((schema as ParsedAvro).root).slice(0, MAX_ADVICE);
    case "JSON":
      return jsonSchemaAdvice((schema as ParsedJsonSchema).root).slice(0, MAX_ADVICE);
    case "PROTOBUF":
      return protobufAdvice((schema as ParsedProtobuf).file).slice(0, MAX_ADVICE);
  }
}

/** What a change makes readers misread although every level lets it through. Schemas of two formats are not compared. Bounded by {@link MAX_ADVICE}. */
export function changeAdvice(older: ParsedSchema, newer: ParsedSchema): readonly SchemaAdvice[] {
  if (older.type !== newer.type) return [];
  switch (newer.type) {
    case "AVRO":
      return avroChangeAdvice((older as ParsedAvro).root, (newer as ParsedAvro).root).slice(0, MAX_ADVICE);
    case "JSON":
      return jsonSchemaChangeAdvice((older as ParsedJsonSchema).root, (newer as ParsedJsonSchema).root).slice(0, MAX_ADVICE);
    case "PROTOBUF":
      return protobufChangeAdvice((older as ParsedProtobuf).file, (newer as ParsedProtobuf).file).slice(0, MAX_ADVICE);
  }
}
