import type { JsonObject, JsonValue } from "../../json/json-value.ts";

/** Types of Avro without a name or parts. */
export const avroPrimitives = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"] as const;

type AvroPrimitiveName = (typeof avroPrimitives)[number];

/** A type of Avro (specification 1.12). Records refer to themselves through their fields, so a walk must remember where it was. */
export type AvroType = AvroPrimitive | AvroArray | AvroMap | AvroUnion | AvroNamed;
/** What is known by a name. */
export type AvroNamed = AvroRecord | AvroEnum | AvroFixed;

interface WithProperties {
  /** What the specification gives no meaning to or gives it beside the type (`logicalType`, `scale`), in the order written. */
  readonly properties: JsonObject;
}

interface AvroPrimitive extends WithProperties {
  readonly kind: AvroPrimitiveName;
}

interface AvroArray extends WithProperties {
  readonly kind: "array";
  readonly items: AvroType;
}

interface AvroMap extends WithProperties {
  readonly kind: "map";
  readonly values: AvroType;
}

interface AvroUnion {
  readonly kind: "union";
  readonly branches: readonly AvroType[];
}

interface Named extends WithProperties {
  readonly name: AvroName;
  readonly doc: string | undefined;
  /** Undefined when there was no such list, which is written otherwise than an empty one. */
  readonly aliases: readonly AvroName[] | undefined;
}

/** Fields under their names. */
export interface AvroRecord extends Named {
  readonly kind: "record";
  readonly isError: boolean;
  /** Filled once, when the record's parts are read: they may name the record itself. */
  readonly fields: readonly AvroField[];
}

/** One of its symbols. */
export interface AvroEnum extends Named {
  readonly kind: "enum";
  readonly symbols: readonly string[];
  readonly default: string | undefined;
}

interface AvroFixed extends Named {
  readonly kind: "fixed";
  readonly size: number;
}

/** A field of a record. */
export interface AvroField extends WithProperties {
  readonly name: string;
  readonly type: AvroType;
  readonly doc: string | undefined;
  /** Undefined without one; JSON's null is a default. */
  readonly default: JsonValue | undefined;
  readonly order: "ascending" | "descending" | "ignore";
  readonly aliases: readonly string[] | undefined;
}

/** A name and its namespace; without a namespace that is "". */
export interface AvroName {
  readonly name: string;
  readonly namespace: string;
}

/** The name with its namespace before it. */
export function fullName({ name, namespace }: AvroName): string {
  return namespace === "" ? name : `${namespace}.${name}`;
}

/** A name as it is written: with its namespace when it has a dot, else in the namespace around it. */
export function avroName(written: string, namespace: string): AvroName {
  const dot = written.lastIndexOf(".");
  return dot === -1 ? { name: written, namespace } : { name: written.slice(dot + 1), namespace: written.slice(0, dot) };
}

/** Whether a type is known by a name. */
export function isNamed(type: AvroType): type is AvroNamed {
  return type.kind === "record" || type.kind === "enum" || type.kind === "fixed";
}

/** How a type is called in a sentence. */
export function typeName(type: AvroType): string {
  return isNamed(type) ? `${type.kind} ${fullName(type.name)}` : type.kind;
}
