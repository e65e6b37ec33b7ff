import { checkOptions, invalid } from "../serde/check-options.ts";
import type { SerdeFormat } from "../serde/format-engine.ts";
import { RegistrySerde } from "../serde/registry-serde.ts";
import type { SchemaSerde, SchemaSerdeOptions } from "../serde/schema-serde-types.ts";

/** How Avro is written and read. */
export interface AvroSerdeOptions extends SchemaSerdeOptions {
  /** A schema as text or as the object that it is. Left out with `useLatestVersion` or `useLatestWithMetadata`, and by those who only read. */
  readonly schema?: string | object | undefined;
  /** What a long is handed out as. Default `"bigint"`; as a number, what is beyond 2^53 is an error. */
  readonly int64?: "bigint" | "number" | undefined;
  /** Whether decimal, date, timestamps and uuid are handed out as what they mean. Default true. */
  readonly logicalTypes?: boolean | undefined;
}

/** Avro under a registry's schemas. The types are the programmer's word, or come from `ottla schemas codegen`. Throws `SerdeError` SERDE_INVALID_OPTION. */
export function avro<In, Out = In>(options: AvroSerdeOptions): SchemaSerde<In, Out> {
  checkOptions("avro", options, [
    ["int64", ["bigint", "number"]],
    ["logicalTypes", [true, false]],
  ]);
  const { int64 = "bigint", logicalTypes = true, metadata, references = [], ruleSet, schema } = options;
  if (schema !== undefined && typeof schema !== "string" && (typeof schema !== "object" || schema === null))
    throw invalid("avro: schema", "a text or an object");
  const text = schema === undefined ? undefined : avroText(schema);
  const format: SerdeFormat = {
    name: "AVRO",
    definition: text === undefined ? undefined : { schemaType: "AVRO", schema: text, references, metadata, ruleSet },
    load: async () => new (await import("./avro-engine.ts")).AvroEngine({ int64, logicalTypes }),
  };
  return new RegistrySerde<In, Out>(format, options);
}

const PRIMITIVE = /^(?:null|boolean|int|long|float|double|bytes|string)$/;

/** `string` is the schema `"string"`. */
function avroText(schema: string | object): string {
  if (typeof schema !== "string") return JSON.stringify(schema);
  return PRIMITIVE.test(schema) ? JSON.stringify(schema) : schema;
}
