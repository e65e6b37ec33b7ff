import type { CompatibilityPolicy, Difference } from "../compatibility/difference.ts";
import type { SchemaSource, SchemaTextFormat, SchemaType } from "../formats/schema-format.ts";

/** A text with what it refers to, and its format. */
export interface TypedSource {
  readonly schemaType: SchemaType;
  readonly source: SchemaSource;
}

/** Both texts by which a schema is known. */
export interface SchemaTexts {
  readonly canonical: string;
  readonly normalized: string;
}

/**
 * Reads and compares schemas on another thread: what a text of hundreds of kilobytes costs is not for a thread that others wait for. All calls reject with `RegistryError`: what the format says, and
 * `REGISTRY_SCHEMA_TOO_LARGE` for what takes too long or too much memory.
 */
export interface OffLoop {
  read(schema: TypedSource): Promise<SchemaTexts>;
  inFormat(schema: TypedSource, format: SchemaTextFormat): Promise<string | undefined>;
  /** What `reader` cannot read of data written with `writer`. */
  compare(reader: TypedSource, writer: TypedSource, policy: CompatibilityPolicy): Promise<readonly Difference[]>;
}

/** From the thread that serves to the one that judges. */
export type JudgeCall =
  | { readonly op: "read"; readonly schema: TypedSource }
  | { readonly op: "format"; readonly schema: TypedSource; readonly format: SchemaTextFormat }
  | { readonly op: "compare"; readonly reader: TypedSource; readonly writer: TypedSource; readonly policy: CompatibilityPolicy };

/** An error on its way between threads. */
interface JudgeError {
  readonly code: string | undefined;
  readonly message: string;
  readonly path: string;
  readonly details: readonly string[];
}

export type JudgeAnswer = { readonly value: unknown } | { readonly error: JudgeError };
