import { checkOptions, invalid } from "../serde/check-options.ts";
import type { SerdeFormat } from "../serde/format-engine.ts";
import { RegistrySerde } from "../serde/registry-serde.ts";
import type { SchemaSerde, SchemaSerdeOptions } from "../serde/schema-serde-types.ts";
import { nameOfType } from "../standard-schema/name-of-type.ts";
import { javaScriptSchemaOf, type StandardJsonSchema } from "../standard-schema/json-schema-of.ts";
import { shapeOf } from "../standard-schema/shape-of-json-schema.ts";
import { TypedEngine } from "../standard-schema/typed-engine.ts";
import { avroOfType } from "./avro-of-type.ts";
import { avroTypeValues } from "./avro-type-values.ts";

/** How Avro is written and read. */
export interface AvroSerdeOptions extends SchemaSerdeOptions {
  /** A schema as text or as the object that it is. Left out with `useLatestVersion` or `useLatestWithMetadata`, and by those who only read. */
  readonly schema?: string | object | undefined;
  /** What a long is handed out as. Default `"bigint"`; as a number, what is beyond 2^53 is an error. */
  readonly int64?: "bigint" | "number" | undefined;
  /** Whether decimal, date, timestamps and uuid are handed out as what they mean. Default true. */
  readonly logicalTypes?: boolean | undefined;
}

/** The same from a type of zod, valibot, arktype or any validator that can give its JSON Schema. */
export interface AvroTypeSerdeOptions<In, Out>
  extends Omit<AvroSerdeOptions, "schema" | "int64" | "logicalTypes" | "readAs" | "references"> {
  readonly type: StandardJsonSchema<In, Out>;
  /** The record's full name: `shop.Order`. Left out where the type has a title. */
  readonly name?: string | undefined;
}

/**
 * Avro under a registry's schemas. With `type` the schema is made from it, values are held against it on both ways, and what is read is the type's output; without, the types are the programmer's word, or
 * come from `ottla schemas codegen`. Throws `SerdeError` SERDE_INVALID_OPTION, SERDE_BAD_SCHEMA for a type that Avro cannot say, with the path of what it is.
 */
export function avro<In, Out>(options: AvroTypeSerdeOptions<In, Out>): SchemaSerde<In, Out>;
export function avro<In, Out = In>(options: AvroSerdeOptions): SchemaSerde<In, Out>;
export function avro(options: AvroSerdeOptions & Partial<AvroTypeSerdeOptions<unknown, unknown>>): SchemaSerde<unknown> {
  checkOptions("avro", options, [
    ["int64", ["bigint", "number"]],
    ["logicalTypes", [true, false]],
  ]);
  return new RegistrySerde(options.type === undefined ? formatOfSchema(options) : formatOfType(options), options);
}

function formatOfSchema(options: AvroSerdeOptions): SerdeFormat {
  const { int64 = "bigint", logicalTypes = true, metadata, references = [], ruleSet, schema } = options;
  if (schema !== undefined && typeof schema !== "string" && (typeof schema !== "object" || schema === null))
    throw invalid("avro: schema", "a text or an object");
  const text = schema === undefined ? undefined : avroText(schema);
  return {
    name: "AVRO",
    definition: text === undefined ? undefined : { schemaType: "AVRO", schema: text, references, metadata, ruleSet },
    load: async () => new (await import("./avro-engine.ts")).AvroEngine({ int64, logicalTypes }),
  };
}

function formatOfType(options: AvroSerdeOptions & Partial<AvroTypeSerdeOptions<unknown, unknown>>): SerdeFormat {
  for (const other of ["schema", "int64", "logicalTypes", "readAs", "references"] as const)
    if (options[other] !== undefined) throw invalid(`avro: ${other}`, "left out: the type says it");
  const { metadata, ruleSet, name: given } = options;
  const type = options.type!;
  const json = javaScriptSchemaOf(type);
  const { name, namespace } = nameOfType("avro", given, json);
  const shape = shapeOf(json, name);
  const schema = JSON.stringify(avroOfType(shape, namespace));
  return {
    name: "AVRO",
    definition: { schemaType: "AVRO", schema, references: [], metadata, ruleSet },
    load: async () => {
      const engine = new (await import("./avro-engine.ts")).AvroEngine({ int64: "bigint", logicalTypes: true });
      const { fromWire, toWire } = avroTypeValues(shape, namespace);
      return new TypedEngine(type, { engine, toWire: () => toWire, fromWire: () => fromWire });
    },
  };
}

const PRIMITIVE = /^(?:null|boolean|int|long|float|double|bytes|string)$/;

/** `string` is the schema `"string"`. */
function avroText(schema: string | object): string {
  if (typeof schema !== "string") return JSON.stringify(schema);
  return PRIMITIVE.test(schema) ? JSON.stringify(schema) : schema;
}
