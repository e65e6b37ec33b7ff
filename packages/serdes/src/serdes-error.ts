import { OttlaError } from "@ottla/base";

/** Codes of {@link SerdeError}; they stay. */
export type SerdeErrorCode =
  /** The bytes do not begin as a registry's serialisers begin them, and no header has an id. */
  | "SERDE_NOT_FRAMED"
  /** The registry knows no schema with the id of the bytes. */
  | "SERDE_UNKNOWN_SCHEMA"
  /** The schema is of another format than the serde. */
  | "SERDE_OTHER_FORMAT"
  /** The bytes end early, go on after the value, or cannot be the schema's. */
  | "SERDE_BAD_BYTES"
  /** The value is none of the schema; `path` says where. */
  | "SERDE_BAD_VALUE"
  /** What was written cannot be read by the reader's schema. */
  | "SERDE_UNREADABLE_SCHEMA"
  /** The schema cannot be used here: no such schema, or more than is taken. */
  | "SERDE_BAD_SCHEMA"
  /** With `autoRegister: false`: the schema is not registered under the subject. */
  | "SERDE_NOT_REGISTERED"
  /** A synchronous caller met a schema that was not loaded; `loading` ends when it is. */
  | "SERDE_NOT_LOADED"
  /** A rule of the schema's data contract does not hold, or cannot be carried out. */
  | "SERDE_RULE_FAILED"
  | "SERDE_INVALID_OPTION";

/** Where it happened, as far as it is known there. */
export interface SerdeErrorPlace {
  readonly topic?: string | undefined;
  readonly field?: "key" | "value" | undefined;
  readonly subject?: string | undefined;
  readonly schemaId?: number | string | undefined;
  /** Inside of the value, as a JSON pointer: `/lines/3/price`. */
  readonly path?: string | undefined;
  /** Of `SERDE_RULE_FAILED`, where a rule does not hold. */
  readonly rule?: FailedRule | undefined;
}

/** A rule of a contract that does not hold, and what the contract wants done. */
export interface FailedRule {
  readonly name: string;
  readonly type: string;
  /** `DLQ`: the record belongs into `dlqTopic`; the serde sends nothing itself. */
  readonly action: "ERROR" | "NONE" | "DLQ";
  readonly dlqTopic: string | undefined;
}

/** A key or value that cannot be written or read. */
export class SerdeError extends OttlaError implements SerdeErrorPlace {
  override readonly name = "SerdeError";
  declare readonly code: SerdeErrorCode;
  readonly topic: string | undefined;
  readonly field: "key" | "value" | undefined;
  readonly subject: string | undefined;
  /** The id, or the GUID, of the schema it was written with. */
  readonly schemaId: number | string | undefined;
  readonly path: string | undefined;
  readonly rule: FailedRule | undefined;
  /** Of `SERDE_NOT_LOADED` alone: ends when the schema is there, so that the caller may try again; never rejects. */
  readonly loading: Promise<void> | undefined;

  constructor(
    code: SerdeErrorCode,
    message: string,
    place: SerdeErrorPlace & { readonly cause?: unknown; readonly loading?: Promise<void> | undefined } = {},
  ) {
    super(code, message, place.cause === undefined ? undefined : { cause: place.cause });
    this.topic = place.topic;
    this.field = place.field;
    this.subject = place.subject;
    this.schemaId = place.schemaId;
    this.path = place.path;
    this.rule = place.rule;
    this.loading = place.loading;
  }
}
