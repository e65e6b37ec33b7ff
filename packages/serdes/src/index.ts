export { avro, type AvroSerdeOptions, type AvroTypeSerdeOptions } from "./avro/avro-serde.ts";
export { bareAvroWriter } from "./avro/bare-avro-writer.ts";
export { type KeyProvider, localKeys, type WrappedKey } from "./encryption/key-provider.ts";
export { createRegistryClient } from "./registry-client/create-registry-client.ts";
export { RegistryClientError, type RegistryClientErrorCode } from "./registry-client/registry-client-error.ts";
export type * from "./registry-client/registry-client-types.ts";
export type * from "./schema-types.ts";
export type * from "./serde/schema-serde-types.ts";
export { type Framing, readFraming } from "./wire/wire-format.ts";
export { type FailedRule, SerdeError, type SerdeErrorCode, type SerdeErrorPlace } from "./serdes-error.ts";
export { jsonSchema, type JsonSchemaSerdeOptions, type JsonTypeSerdeOptions } from "./json/json-serde.ts";
export type { StandardJsonSchema } from "./standard-schema/json-schema-of.ts";
export {
  protobuf,
  type ProtobufMessageSerdeOptions,
  type ProtobufSerdeOptions,
  type ProtobufTypeSerdeOptions,
} from "./protobuf/protobuf-serde.ts";
export { type Deserialized, type DeserializedRecord, jsonOf, RecordDeserializer } from "./records/record-deserializer.ts";
