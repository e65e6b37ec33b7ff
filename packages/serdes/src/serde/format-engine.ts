import type { SerdeContext } from "@ottla/client";
import type { FieldTree } from "../rules/field-tree.ts";
import type { RegistryClient } from "../registry-client/registry-client-types.ts";
import type { ReferencedSchema, RegisteredSchema, SchemaDefinition, SchemaFormatName } from "../schema-types.ts";

/** A schema with the texts of all that it refers to, each after what it needs. */
export interface LoadedSchema {
  readonly definition: SchemaDefinition;
  /** Of a schema that a registry knows. */
  readonly registered: RegisteredSchema | undefined;
  readonly resolved: readonly ReferencedSchema[];
}

/** Writes values of one schema. Throws {@link ValueProblem}. */
export interface ValueWriter {
  /** The data, behind as many bytes as the caller wants for itself. The bytes belong to the caller. */
  write(value: unknown, before: number): Buffer | Promise<Buffer>;
}

/** Reads values that were written with one schema. Throws {@link ValueProblem}. */
export interface ValueReader {
  /** `context` is asked for by rules alone, whose fields are bound to a subject. */
  read(bytes: Buffer, from: number, context: SerdeContext): unknown;
}

/** A schema's values as its rules see them: as they lie in the bytes, no logical types and nothing checked. */
export interface ContractCodec {
  decode(bytes: Buffer, from: number): unknown;
  encode(value: unknown, before: number): Buffer;
  /** Throws {@link ValueProblem} for what is none of the schema. */
  check(value: unknown): void;
  /** Gives what an expression made of a value what belongs to the value and no expression sees. */
  inPlaceOf?(value: unknown, before: unknown): unknown;
  readonly fields: FieldTree;
}

/** What a format can do once its code is loaded. */
export interface FormatEngine {
  /** The full name of what a schema describes. */
  recordName(schema: LoadedSchema): string | undefined;
  writer(schema: LoadedSchema): ValueWriter;
  /** `as`: what the data is handed out as; undefined for as it was written. */
  reader(written: LoadedSchema, as: LoadedSchema | undefined): ValueReader;
  contract(schema: LoadedSchema): ContractCodec;
}

/** The user's own schema under one subject. */
export interface SubjectSchema {
  readonly definition: SchemaDefinition;
  /** Behind its registration: rejects where another program registered at the same time what does not go with it. */
  confirm(): Promise<void>;
}

/** A format with a user's options. */
export interface SerdeFormat {
  readonly name: SchemaFormatName;
  /** The user's own schema, as soon as {@link load} has ended. */
  readonly definition: SchemaDefinition | undefined;
  /** Where nothing but the type says it. */
  readonly recordName?: string | undefined;
  /** Of a format whose schema depends on what its subject has already; {@link definition} is undefined then. */
  forSubject?(registry: RegistryClient, subject: string): Promise<SubjectSchema>;
  load(): Promise<FormatEngine>;
}

/** A value that is none of its schema, or bytes that hold none. */
export class ValueProblem extends Error {
  override readonly name = "ValueProblem";
  /** As a JSON pointer; "" for the value itself. */
  readonly path: string;

  constructor(path: string, problem: string, cause?: unknown) {
    super(problem, cause === undefined ? undefined : { cause });
    this.path = path;
  }
}
