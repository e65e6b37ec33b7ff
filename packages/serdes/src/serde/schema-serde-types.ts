import type { RecordHeader, Serde, SerdeContext } from "@ottla/client";
import type { KeyProvider } from "../encryption/key-provider.ts";
import type { RegistryClient } from "../registry-client/registry-client-types.ts";
import type { SchemaFormatName, SchemaMetadata, SchemaReference, SchemaRuleSet } from "../schema-types.ts";

/** What a subject is named after. */
export interface SubjectNaming extends SerdeContext {
  /** The full name of the record or message, the title of a JSON Schema. */
  readonly recordName: string | undefined;
}

/** `"topic"`: `orders-value`; `"record"`: `shop.Order`; `"topic-record"`: `orders-shop.Order`. */
export type SubjectName = "topic" | "record" | "topic-record" | ((naming: SubjectNaming) => string);

/** What all formats take. */
export interface SchemaSerdeOptions {
  readonly registry: RegistryClient;
  /** Other subjects' schemas that `schema` uses. */
  readonly references?: readonly SchemaReference[] | undefined;
  /** Registered with the schema. */
  readonly metadata?: SchemaMetadata | undefined;
  readonly ruleSet?: SchemaRuleSet | undefined;
  /** Where rules of the type ENCRYPT have their keys from. Without, a schema that has such rules is neither written nor read. */
  readonly keys?: KeyProvider | undefined;
  /** Default `"topic"`. */
  readonly subject?: SubjectName | undefined;
  /** Whether a schema that is not registered becomes so. Default true; false is for programs that others deploy schemas for. */
  readonly autoRegister?: boolean | undefined;
  /** Writes with the subject's latest version, in place of `schema`. */
  readonly useLatestVersion?: boolean | undefined;
  /** Writes with the latest version whose metadata has these properties. */
  readonly useLatestWithMetadata?: Readonly<Record<string, string>> | undefined;
  readonly normalize?: boolean | undefined;
  /** Where the schema's id is written: before the data, or as a GUID in a header. Both are read. Default `"payload"`. */
  readonly idIn?: "payload" | "header" | undefined;
  /** Data is handed out as `schema` says (default where there is one), or as it was written. */
  readonly readAs?: "schema" | "writer" | undefined;
}

/**
 * A serde under a registry's schemas. The first record of a schema is a promise, every other one synchronous. Errors are `SerdeError` and `RegistryClientError`. Fits `client.topic` and `defineTopic` as
 * it is.
 */
export interface SchemaSerde<In, Out = In> extends Serde<In, Out> {
  readonly format: SchemaFormatName;
  /** Registers or looks up what a topic's field is written with, so that the first record need not wait. */
  prepare(context: SerdeContext): Promise<void>;
  /** Loads the schemas that payloads were written with, each once, so that reading them need not wait. What is no payload of a registry's is left for `deserialize` to tell. */
  prefetch(payloads: readonly Payload[], field?: "key" | "value"): Promise<void>;
  /** The same for a topology, whose serdes are synchronous: what is not loaded is a `SerdeError` `SERDE_NOT_LOADED`, and begins to load. */
  forStreams(field: "key" | "value"): SchemaStreamsSerde<In, Out>;
}

/** Data of a record, as it lies in a topic. */
export interface Payload {
  readonly bytes: Uint8Array;
  readonly headers?: readonly RecordHeader[];
  /** Needed where `subject` is a function that names a context of the registry. */
  readonly topic?: string;
}

/** A serde of `@ottla/streams`, where `In` and `Out` are one type. */
export interface SchemaStreamsSerde<In, Out = In> {
  readonly name: string;
  /** Equal keys of two versions of a schema have different bytes. */
  readonly carriesSchemaId: true;
  serialize(topic: string, value: In): Uint8Array;
  deserialize(topic: string, bytes: Uint8Array, headers: readonly RecordHeader[]): Out;
}
