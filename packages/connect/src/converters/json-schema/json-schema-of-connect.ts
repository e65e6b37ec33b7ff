import { described, isPlainObject } from "../../data/check-value.ts";
import { DataError, shown } from "../../data/data-error.ts";
import { DECIMAL } from "../../data/logical-names.ts";
import type { ConnectSchema } from "../../data/schema.ts";
import { fieldOf, setField } from "../../data/struct-value.ts";
import { type JsonForm, jsonWriter } from "../json/json-writer.ts";
import {
  CONNECT_INDEX,
  CONNECT_PARAMETERS,
  CONNECT_TYPE,
  CONNECT_VERSION,
  ENUM,
  FLOATS,
  type JsonObject,
  UNION,
} from "./json-schema-names.ts";

/** A JSON Schema and what makes its values of Connect's. */
export interface JsonSchemaForm {
  readonly json: JsonObject;
  write(value: unknown): unknown;
}

export interface JsonSchemaChoices {
  readonly decimals: "BASE64" | "NUMERIC";
  /** Whether objects may have properties that the schema does not know. */
  readonly isOpen: boolean;
}

const exactly = JSON as unknown as { rawJSON(text: string): unknown };

/**
 * The JSON Schema of a schema of Connect's. What is optional is `oneOf` null and itself; what JSON Schema has no word for stands in `connect.*`.
 * @throws ConnectError CONNECT_DATA
 */
export function jsonSchemaOfConnect(schema: ConnectSchema, choices: JsonSchemaChoices): JsonSchemaForm {
  const { base, write } = bareForm(schema, choices);
  const said: Record<string, unknown> = {
    ...base,
    ...(schema.name === undefined ? {} : { title: schema.name }),
    ...(schema.doc === undefined ? {} : { description: schema.doc }),
    ...(schema.version === undefined ? {} : { [CONNECT_VERSION]: schema.version }),
    ...(schema.parameters === undefined ? {} : { [CONNECT_PARAMETERS]: schema.parameters }),
  };
  const fallback = schema.defaultValue === undefined ? {} : { default: write(schema.defaultValue) };
  if (schema.optional)
    return {
      json: { oneOf: [{ type: "null" }, said], ...fallback },
      write: (value) => (value === null || value === undefined ? null : write(value)),
    };
  return {
    json: { ...said, ...fallback },
    write(value) {
      if (value !== null && value !== undefined) return write(value);
      if (schema.defaultValue !== undefined) return write(schema.defaultValue);
      throw new DataError(`null is no value of ${described(schema)}, which is not optional`);
    },
  };
}

interface BareForm {
  readonly base: JsonObject;
  write(value: unknown): unknown;
}

function bareForm(schema: ConnectSchema, choices: JsonSchemaChoices): BareForm {
  switch (schema.type) {
    case "struct":
      return schema.name === UNION ? unionForm(schema, choices) : structForm(schema, choices);
    case "array": {
      const items = jsonSchemaOfConnect(schema.valueSchema!, choices);
      return {
        base: { type: "array", items: items.json },
        write: (value) => listOf(schema, value).map((item, index) => inner(index, items, item)),
      };
    }
    case "map":
      return mapForm(schema, choices);
    case "boolean":
      return { base: { type: "boolean" }, write: leafWriter(schema, choices) };
    case "string":
      return { base: { type: "string", ...enumOf(schema) }, write: leafWriter(schema, choices) };
    case "bytes": {
      const isNumber = schema.name === DECIMAL && choices.decimals === "NUMERIC";
      return { base: { type: isNumber ? "number" : "string", [CONNECT_TYPE]: "bytes" }, write: leafWriter(schema, choices) };
    }
    case "float":
    case "double":
      return { base: { type: "number", [CONNECT_TYPE]: FLOATS[schema.type] }, write: leafWriter(schema, choices) };
    case "int8":
    case "int16":
    case "int32":
    case "int64":
      return { base: { type: "integer", [CONNECT_TYPE]: schema.type }, write: leafWriter(schema, choices) };
  }
}

/** What the JSON converter writes, as a part of JSON that nobody reads again. */
function leafWriter(schema: ConnectSchema, { decimals }: JsonSchemaChoices): (value: unknown) => unknown {
  const form: JsonForm = { decimals, replaceNullWithDefault: false };
  const write = jsonWriter({ ...schema, optional: false, defaultValue: undefined }, form);
  if (schema.type === "string") return (value) => (typeof value === "string" ? value : exactly.rawJSON(write(value)));
  return (value) => (typeof value === "boolean" && schema.type === "boolean" ? value : exactly.rawJSON(write(value)));
}

function enumOf({ parameters }: ConnectSchema): JsonObject {
  if (parameters?.[ENUM] === undefined) return {};
  const symbols = Object.keys(parameters).filter((key) => key.startsWith(`${ENUM}.`));
  return symbols.length === 0 ? {} : { enum: symbols.map((key) => key.slice(ENUM.length + 1)) };
}

function structForm(schema: ConnectSchema, choices: JsonSchemaChoices): BareForm {
  const fields = schema.fields!.map(({ name, schema: own }) => ({ name, form: jsonSchemaOfConnect(own, choices) }));
  const properties: Record<string, unknown> = {};
  for (const [index, { name, form }] of fields.entries()) setField(properties, name, { [CONNECT_INDEX]: index, ...form.json });
  return {
    base: { type: "object", properties, ...(choices.isOpen ? {} : { additionalProperties: false }) },
    write(value) {
      const from = structOf(schema, value);
      const made: Record<string, unknown> = {};
      for (const { name, form } of fields) setField(made, name, inner(name, form, fieldOf(from, name)));
      return made;
    },
  };
}

/** One of a union's fields is there, and stands for the whole. */
function unionForm(schema: ConnectSchema, choices: JsonSchemaChoices): BareForm {
  const branches = schema.fields!.map(({ name, schema: own }) => ({
    name,
    form: jsonSchemaOfConnect({ ...own, optional: false }, choices),
  }));
  return {
    base: { oneOf: branches.map(({ form }, index) => ({ [CONNECT_INDEX]: index, ...form.json })) },
    write(value) {
      const from = structOf(schema, value);
      const chosen = branches.filter(({ name }) => (fieldOf(from, name) ?? null) !== null);
      if (chosen.length !== 1) throw new DataError(`a value of a union has one of its fields, and this one has ${chosen.length}`);
      const { form, name } = chosen[0]!;
      return inner(name, form, fieldOf(from, name));
    },
  };
}

function mapForm(schema: ConnectSchema, choices: JsonSchemaChoices): BareForm {
  const { keySchema, valueSchema } = schema;
  const values = jsonSchemaOfConnect(valueSchema!, choices);
  const own = jsonSchemaOfConnect(keySchema!, choices);
  // Whoever reads knows nothing of keys but that they are texts.
  if (keySchema!.type === "string" && Object.keys(own.json).length === 1 && "type" in own.json)
    return {
      base: { type: "object", additionalProperties: values.json, [CONNECT_TYPE]: "map" },
      write(value) {
        const made: Record<string, unknown> = {};
        for (const [key, item] of mapOf(schema, value)) setField(made, own.write(key) as string, inner(String(key), values, item));
        return made;
      },
    };
  const properties = { key: { [CONNECT_INDEX]: 0, ...own.json }, value: { [CONNECT_INDEX]: 1, ...values.json } };
  return {
    base: { type: "array", items: { type: "object", properties }, [CONNECT_TYPE]: "map" },
    write: (value) =>
      [...mapOf(schema, value)].map(([key, item]) => ({
        key: inner(String(key), own, key),
        value: inner(String(key), values, item),
      })),
  };
}

function structOf(schema: ConnectSchema, value: unknown): Readonly<Record<string, unknown>> {
  return isPlainObject(value) ? value : refuse(schema, value);
}

function listOf(schema: ConnectSchema, value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : refuse(schema, value);
}

function mapOf(schema: ConnectSchema, value: unknown): ReadonlyMap<unknown, unknown> {
  return value instanceof Map ? value : refuse(schema, value);
}

function refuse(schema: ConnectSchema, value: unknown): never {
  throw new DataError(`${shown(value)} is no value of ${described(schema)}`);
}

function inner(step: string | number, form: JsonSchemaForm, value: unknown): unknown {
  try {
    return form.write(value);
  } catch (error) {
    throw DataError.within(step, error);
  }
}
