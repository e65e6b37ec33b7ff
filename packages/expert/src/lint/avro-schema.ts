/** A field of a record, as it stands in the file. */
export interface AvroField {
  readonly record: string;
  readonly name: string;
  readonly line: number;
  /** Names of the types that a value can have, a union's taken apart: `double`, `null`, `bytes`. Of a type with attributes, its own name. */
  readonly types: readonly string[];
  /** The field's own attributes that are texts: `doc`, a misplaced `logicalType`. */
  readonly attributes: ReadonlyMap<string, string>;
  /** All of its own attributes. */
  readonly keys: ReadonlySet<string>;
  /** Whether its type is written as an object of its own, where attributes of the type belong. */
  readonly hasTypeObject: boolean;
}

/** A record or enum that the file defines. */
export interface AvroNamedType {
  readonly kind: "record" | "enum";
  readonly name: string;
  readonly line: number;
  readonly keys: ReadonlySet<string>;
  readonly isOutermost: boolean;
}

/** What rules look at in an Avro schema. */
export interface AvroSchema {
  readonly file: string;
  readonly fields: readonly AvroField[];
  readonly types: readonly AvroNamedType[];
}
