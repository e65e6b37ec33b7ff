import type { StandardSchema } from "@ottla/base";
import { SerdeError } from "../serdes-error.ts";

/**
 * A validator that can give its JSON Schema, as zod (4.2 on) and arktype (2.1.28 on) can, and valibot by `toStandardJsonSchema()` of `@valibot/to-json-schema`: Standard Schema with its part
 * for JSON Schema, version 1.
 */
export interface StandardJsonSchema<Input = unknown, Output = Input> {
  readonly "~standard": StandardSchema<Input, Output>["~standard"] & {
    readonly jsonSchema: { readonly input: (options: JsonSchemaRequest) => Readonly<Record<string, unknown>> };
  };
}

interface JsonSchemaRequest {
  readonly target: string;
  readonly libraryOptions?: Readonly<Record<string, unknown>> | undefined;
}

/** The draft that every registry knows. */
const TARGET = "draft-07";

type Json = Readonly<Record<string, unknown>>;

/** Formats of what is no text in JavaScript, and has no JSON Schema: a `Date`, a `Uint8Array`. */
export const JS_DATE = "javascript-date";
export const JS_BYTES = "javascript-bytes";
const BIGINT: Json = { type: "integer", format: "int64" };
const DATE: Json = { type: "string", format: JS_DATE };
const BYTES: Json = { type: "string", format: JS_BYTES };

/** How each validator is told to say what JSON has not, in place of refusing it. What it has no words for becomes a schema of anything. */
const SAYS_JAVASCRIPT: Readonly<Record<string, Json>> = {
  zod: {
    unrepresentable: "any",
    override: ({
      jsonSchema,
      zodSchema,
    }: {
      readonly jsonSchema: object;
      readonly zodSchema: { readonly _zod: { readonly def: { readonly type: string } } };
    }) => {
      const { type } = zodSchema._zod.def;
      if (type === "bigint") Object.assign(jsonSchema, BIGINT);
      if (type === "date") Object.assign(jsonSchema, DATE);
    },
  },
  valibot: {
    errorMode: "ignore",
    overrideSchema: ({ valibotSchema }: { readonly valibotSchema: { readonly type: string; readonly class?: unknown } }) => {
      if (valibotSchema.type === "bigint") return BIGINT;
      if (valibotSchema.type === "date") return DATE;
      return valibotSchema.type === "instance" && valibotSchema.class === Uint8Array ? BYTES : undefined;
    },
  },
  arktype: {
    fallback: {
      date: () => DATE,
      domain: ({ base, domain }: { readonly base: Json; readonly domain: string }) => (domain === "bigint" ? BIGINT : base),
      proto: ({ base, proto }: { readonly base: Json; readonly proto: unknown }) => (proto === Uint8Array ? BYTES : base),
      default: ({ base }: { readonly base: Json }) => base,
    },
  },
};

/** The same for formats that have what JSON has not. */
export function javaScriptSchemaOf(type: AnyStandardJsonSchema): Json {
  return made(type, SAYS_JAVASCRIPT[(type as StandardJsonSchema | undefined)?.["~standard"]?.vendor ?? ""]);
}

type AnyStandardJsonSchema = StandardJsonSchema<never, unknown> | StandardJsonSchema;

/** The JSON Schema of what a type takes: that is what is sent. Throws `SerdeError` SERDE_BAD_SCHEMA. */
export function jsonSchemaOf(type: AnyStandardJsonSchema, contentModel: "closed" | "open"): Json {
  const schema = made(type, undefined);
  return contentModel === "closed" ? (closed(schema) as Json) : schema;
}

function made(type: AnyStandardJsonSchema, libraryOptions: Json | undefined): Json {
  const standard = (type as StandardJsonSchema | undefined)?.["~standard"];
  if (typeof standard?.jsonSchema?.input !== "function") {
    const vendor = standard?.vendor === undefined ? "The type" : `The type of ${standard.vendor}`;
    throw new SerdeError(
      "SERDE_BAD_SCHEMA",
      `${vendor} gives no JSON Schema; take zod 4.2, arktype 2.1.28 or later, toStandardJsonSchema() of @valibot/to-json-schema, or give "schema".`,
    );
  }
  try {
    return standard.jsonSchema.input({ target: TARGET, libraryOptions });
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new SerdeError("SERDE_BAD_SCHEMA", `The type of ${standard.vendor} has no JSON Schema: ${words}.`, { cause });
  }
}

const OF_ONE = new Set(["items", "additionalItems", "additionalProperties", "contains", "propertyNames"]);
const OF_LISTS = new Set(["anyOf", "oneOf", "items", "prefixItems"]);
const OF_MAPS = new Set(["properties", "patternProperties", "definitions", "$defs"]);
/** What says itself which properties there may be, or shares its object with others that do. */
const SAYS_MORE = ["additionalProperties", "patternProperties", "unevaluatedProperties", "allOf", "anyOf", "oneOf", "if", "$ref", "not"];

/** The same with objects that take only the properties they name. Parts of an `allOf` stay open: each would refuse what is the other's. */
function closed(schema: unknown): unknown {
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) return schema;
  const json = schema as Json;
  const inside = Object.fromEntries(
    Object.entries(json).map(([keyword, value]): [string, unknown] => {
      if (OF_LISTS.has(keyword) && Array.isArray(value)) return [keyword, value.map(closed)];
      if (OF_ONE.has(keyword)) return [keyword, closed(value)];
      if (OF_MAPS.has(keyword) && typeof value === "object" && value !== null)
        return [keyword, Object.fromEntries(Object.entries(value).map(([name, each]) => [name, closed(each)]))];
      return [keyword, value];
    }),
  );
  const isObject = json["properties"] !== undefined && !SAYS_MORE.some((keyword) => keyword in json);
  return isObject ? { ...inside, additionalProperties: false } : inside;
}
