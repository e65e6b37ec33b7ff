export { defineTopic } from "./define-topic.ts";
export { json, type JsonOptions } from "./json-serde.ts";
export { bytes, double, int32, int64, string, uuid } from "./plain-serdes.ts";
export { RecordDecodeError } from "./record-decode-error.ts";
export { type HeadersToSend, nullable, type Serde, type SerdeContext } from "./serde.ts";
export { type SchemaIssue, SchemaMismatch, type SchemaResult, type StandardSchema } from "@ottla/base";
export type * from "./client-topic.ts";
export type * from "./topic-types.ts";
export type * from "./typed-share-types.ts";
