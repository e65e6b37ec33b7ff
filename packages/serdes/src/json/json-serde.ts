import type { StandardSchema } from "@ottla/base";
import { checkOptions, invalid } from "../serde/check-options.ts";
import type { SerdeFormat } from "../serde/format-engine.ts";
import { RegistrySerde } from "../serde/registry-serde.ts";
import type { SchemaSerde, SchemaSerdeOptions } from "../serde/schema-serde-types.ts";
import { jsonSchemaOf, type StandardJsonSchema } from "../standard-schema/json-schema-of.ts";

/** How JSON is written, checked and read. */
export interface JsonSchemaSerdeOptions extends SchemaSerdeOptions {
  /** A schema as text or as the object that it is. */
  readonly schema?: string | object | undefined;
  /** Whether values are held against the schema before they are sent. Default true. */
  readonly validateOnSend?: boolean | undefined;
  /** Whether values are held against `schema`, or what they were written with, after they are read. Default true. */
  readonly validateOnRead?: boolean | undefined;
  /** Whether formats (`date-time`, `email`) are looked at. Default true. */
  readonly formats?: boolean | undefined;
  /** Patterns are looked for in time that grows with the text (default; no look-around), or by V8, which a hostile pattern can hold up for ever. */
  readonly patterns?: "linear" | "native" | undefined;
}

/** The same from a type of zod, valibot, arktype or any validator that can give its JSON Schema. */
export interface JsonTypeSerdeOptions<In, Out> extends Omit<JsonSchemaSerdeOptions, "schema"> {
  readonly type: StandardJsonSchema<In, Out>;
  /**
   * Whether objects may have properties that the type does not know. Default `"closed"`: only then can a later version have one more, since data under an open schema may have
   * anything under its name already.
   */
  readonly contentModel?: "closed" | "open" | undefined;
}

/**
 * JSON under a registry's JSON Schemas. With `type` the schema is made from it, and what is read is the type's output; without, the types are the programmer's word.
 * Throws `SerdeError` SERDE_INVALID_OPTION, SERDE_BAD_SCHEMA for a type that has no JSON Schema.
 */
export function jsonSchema<In, Out>(options: JsonTypeSerdeOptions<In, Out>): SchemaSerde<In, Out>;
export function jsonSchema<In, Out = In>(options: JsonSchemaSerdeOptions): SchemaSerde<In, Out>;
export function jsonSchema(options: JsonSchemaSerdeOptions & Partial<JsonTypeSerdeOptions<unknown, unknown>>): SchemaSerde<unknown> {
  checkOptions("jsonSchema", options, [
    ["contentModel", ["closed", "open"]],
    ["formats", [true, false]],
    ["patterns", ["linear", "native"]],
    ["validateOnRead", [true, false]],
    ["validateOnSend", [true, false]],
  ]);
  const { contentModel = "closed", formats = true, metadata, patterns = "linear", references = [], ruleSet, schema, type } = options;
  if (schema !== undefined && type !== undefined) throw invalid("jsonSchema: schema and type", "one of them");
  const text = type === undefined ? textOf(schema) : JSON.stringify(jsonSchemaOf(type, contentModel));
  const { validateOnRead = true, validateOnSend = true } = options;
  const checks = { type: type as StandardSchema | undefined, onSend: validateOnSend, onRead: validateOnRead };
  const format: SerdeFormat = {
    name: "JSON",
    definition: text === undefined ? undefined : { schemaType: "JSON", schema: text, references, metadata, ruleSet },
    load: async () => {
      const [{ JsonEngine }, { loadJsonSchemaCompiler }] = await Promise.all([
        import("./json-engine.ts"),
        import("./compile-json-schema.ts"),
      ]);
      return new JsonEngine(await loadJsonSchemaCompiler({ formats, patterns }), checks);
    },
  };
  return new RegistrySerde(format, options);
}

function textOf(schema: unknown): string | undefined {
  if (schema === undefined || typeof schema === "string") return schema;
  if (typeof schema !== "object" || schema === null) throw invalid("jsonSchema: schema", "a text or an object");
  return JSON.stringify(schema);
}
