/**
 * One thing that keeps a reader from reading what a writer wrote.
 *
 * Engines are given a reader's and a writer's schema and know no levels: a level asks one direction or both (`compatibility-level.ts`).
 */
export interface Difference {
  /** What kind it is; of Avro and JSON Schema under the names that registries answer with (`READER_FIELD_MISSING_DEFAULT_VALUE`). */
  readonly kind: string;
  /** Where: a JSON pointer in the reader's schema for Avro and JSON Schema, `#/Message/field` for Protobuf. */
  readonly path: string;
  /** A sentence that says what is wrong and, where there is one, the remedy. */
  readonly message: string;
  /** The piece of the reader's schema, shortened. */
  readonly reader?: string;
  /** The piece of the writer's schema, shortened. */
  readonly writer?: string;
}

/** How strict a comparison of JSON Schemas is. `LENIENT` also takes optional properties added to an open content model, and properties that a content model no longer lets through. */
export type CompatibilityPolicy = "STRICT" | "LENIENT";

/** As many differences as are listed of one comparison; what is beyond is counted in a last line. */
export const MAX_DIFFERENCES = 200;

const SNIPPET_LENGTH = 200;

/** A piece of a schema, short enough for a line. */
export function snippet(text: string): string {
  return text.length <= SNIPPET_LENGTH ? text : `${text.slice(0, SNIPPET_LENGTH - 1)}…`;
}
