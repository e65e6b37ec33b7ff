import { DataError } from "../../data/data-error.ts";
import { described } from "../../data/check-value.ts";
import { type Decimal, decimalBytes } from "../../data/decimal.ts";
import { DATE, DECIMAL, TIME, TIMESTAMP } from "../../data/logical-names.ts";
import { checkScale, dayMsOf, daysOf, scaleOf, timestampMsOf } from "../../data/logical-types.ts";
import { sameSchema } from "../../data/same-schema.ts";
import type { ConnectSchema } from "../../data/schema.ts";
import { fieldOf, setField } from "../../data/struct-value.ts";

/** JSON's values, and bigint for a whole number of many digits. */
export type AvroJson = unknown;

/** A schema of Avro's and what makes its values of Connect's. */
export interface AvroForm {
  readonly json: AvroJson;
  write(value: unknown): unknown;
}

/** A name for structs that have none. */
export const NAMESPACE = "io.confluent.connect.avro";
const DEFAULT_NAME = "ConnectDefault";
export const MAP_ENTRY = "MapEntry";
/** How many digits a decimal may have where nothing says it. */
const PRECISION_DEFAULT = "64";
export const PRECISION_PARAMETER = "connect.decimal.precision";

const PLAIN = {
  int8: "int",
  int16: "int",
  int32: "int",
  int64: "long",
  float: "float",
  double: "double",
  boolean: "boolean",
  string: "string",
  bytes: "bytes",
} as const;

/**
 * Avro's schema of a schema of Connect's. What Avro has no word for stands in properties of it, where `meta` says so: `connect.name`, `connect.version`, `connect.parameters`.
 * @throws ConnectError CONNECT_DATA
 */
export function avroOfConnect(schema: ConnectSchema, meta: boolean): AvroForm {
  return new AvroMaker(meta).form(schema);
}

/** The text of such a schema. */
export function avroText(json: AvroJson): string {
  const exactly = JSON as unknown as { rawJSON(text: string): unknown };
  return JSON.stringify(json, (_key, value: unknown) => (typeof value === "bigint" ? exactly.rawJSON(value.toString()) : value));
}

class AvroMaker {
  readonly #meta: boolean;
  /** By full name: a name is defined once, and named where it stands again. */
  readonly #records = new Map<string, { readonly schema: ConnectSchema; readonly form: AvroForm }>();
  #unnamed = 0;

  constructor(meta: boolean) {
    this.#meta = meta;
  }

  form(schema: ConnectSchema): AvroForm {
    const base = this.#base(schema);
    const { defaultValue, optional } = schema;
    if (!optional) {
      return {
        json: base.json,
        write(value) {
          if (value !== null && value !== undefined) return base.write(value);
          if (defaultValue !== undefined) return base.write(defaultValue);
          throw new DataError(`null is no value of ${described(schema)}, which is not optional`);
        },
      };
    }
    // A default is of the union's first branch.
    const json = defaultValue === undefined ? ["null", base.json] : [base.json, "null"];
    return { json, write: (value) => (value === null || value === undefined ? null : base.write(value)) };
  }

  #base(schema: ConnectSchema): AvroForm {
    switch (schema.type) {
      case "struct":
        return this.#record(schema);
      case "array": {
        const items = this.form(schema.valueSchema!);
        return { json: this.#with({ type: "array", items: items.json }, schema), write: (value) => listOf(value, items) };
      }
      case "map":
        return this.#map(schema);
      case "int8":
      case "int16":
      case "int32":
      case "int64":
      case "float":
      case "double":
      case "boolean":
      case "string":
      case "bytes":
        return this.#leaf(schema, PLAIN[schema.type]);
    }
  }

  #leaf(schema: ConnectSchema, type: string): AvroForm {
    const logical = logicalOf(schema);
    const small = this.#meta && (schema.type === "int8" || schema.type === "int16") ? { "connect.type": schema.type } : {};
    const json = this.#with({ type, ...logical?.before, ...small }, schema, logical?.after);
    return { json: typeof json === "object" && Object.keys(json).length === 1 ? type : json, write: logical?.write ?? checked(schema) };
  }

  #map(schema: ConnectSchema): AvroForm {
    const { keySchema, valueSchema } = schema;
    const values = this.form(valueSchema!);
    if (keySchema!.type === "string" && !keySchema!.optional)
      return {
        json: this.#with({ type: "map", values: values.json }, schema),
        write(value) {
          const made: Record<string, unknown> = {};
          for (const [key, item] of mapOf(schema, value)) setField(made, String(key), inner(String(key), values, item));
          return made;
        },
      };
    const keys = this.form(keySchema!);
    const name = this.#unnamedRecord(MAP_ENTRY);
    const fields = [
      { name: "key", type: keys.json },
      { name: "value", type: values.json },
    ];
    return {
      json: this.#with({ type: "array", items: { type: "record", name, namespace: NAMESPACE, fields } }, schema),
      write: (value) => [...mapOf(schema, value)].map(([key, item]) => ({ key: keys.write(key), value: inner(String(key), values, item) })),
    };
  }

  #unnamedRecord(name: string): string {
    const own = this.#unnamed === 0 ? name : `${name}${this.#unnamed + 1}`;
    this.#unnamed++;
    return own;
  }

  #record(schema: ConnectSchema): AvroForm {
    const full = schema.name ?? `${NAMESPACE}.${this.#unnamedRecord(DEFAULT_NAME)}`;
    const known = this.#records.get(full);
    if (known !== undefined) {
      const alike = (one: ConnectSchema): ConnectSchema => ({ ...one, optional: false, defaultValue: undefined });
      if (!sameSchema(alike(known.schema), alike(schema)))
        throw new DataError(
          `two different structs have the name ${full}, which in Avro one alone can have; give one of them another by SetSchemaMetadata`,
        );
      return { json: full, write: known.form.write };
    }
    const dot = full.lastIndexOf(".");
    const json: Record<string, unknown> = {
      type: "record",
      name: full.slice(dot + 1),
      ...(dot < 0 ? {} : { namespace: full.slice(0, dot) }),
    };
    const fields = schema.fields!.map((field) => ({ name: field.name, schema: field.schema, form: this.form(field.schema) }));
    const form: AvroForm = {
      json: this.#with({ ...json, fields: fields.map((field) => fieldJson(field)) }, schema),
      write(value) {
        const from = value as Readonly<Record<string, unknown>>;
        const made: Record<string, unknown> = {};
        for (const { name, form: own } of fields) setField(made, name, inner(name, own, fieldOf(from, name)));
        return made;
      },
    };
    this.#records.set(full, { schema, form });
    return form;
  }

  /** What Avro has no word for. */
  #with(json: Record<string, unknown>, schema: ConnectSchema, after: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
    if (!this.#meta) return { ...json, ...after };
    return {
      ...json,
      ...(schema.doc === undefined ? {} : { "connect.doc": schema.doc }),
      ...(schema.version === undefined ? {} : { "connect.version": schema.version }),
      ...(schema.parameters === undefined ? {} : { "connect.parameters": schema.parameters }),
      ...(schema.defaultValue === undefined ? {} : { "connect.default": defaultJson(schema, schema.defaultValue) }),
      ...(schema.name === undefined ? {} : { "connect.name": schema.name }),
      ...after,
    };
  }
}

function fieldJson({
  name,
  schema,
  form,
}: {
  readonly name: string;
  readonly schema: ConnectSchema;
  readonly form: AvroForm;
}): Record<string, unknown> {
  const own = { name, type: form.json };
  if (schema.defaultValue !== undefined) return { ...own, default: defaultJson(schema, schema.defaultValue) };
  return schema.optional ? { ...own, default: null } : own;
}

/** A default as Avro's JSON has it: bytes as the characters of their numbers. */
function defaultJson(schema: ConnectSchema, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  const logical = logicalOf(schema);
  if (logical !== undefined) return binaryText(logical.write(value));
  if (schema.type === "array") return (value as readonly unknown[]).map((item) => defaultJson(schema.valueSchema!, item));
  if (schema.type === "map")
    return Object.fromEntries(
      [...(value as ReadonlyMap<string, unknown>)].map(([key, item]) => [key, defaultJson(schema.valueSchema!, item)]),
    );
  if (schema.type === "struct")
    return Object.fromEntries(
      schema.fields!.map((field) => [
        field.name,
        defaultJson(field.schema, fieldOf(value as Readonly<Record<string, unknown>>, field.name)),
      ]),
    );
  return binaryText(value);
}

function binaryText(value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value;
}

interface LogicalForm {
  readonly before: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, unknown>>;
  write(value: unknown): unknown;
}

function logicalOf(schema: ConnectSchema): LogicalForm | undefined {
  const as = (logicalType: string, write: (value: never) => unknown): LogicalForm => ({
    before: {},
    after: { logicalType },
    write,
  });
  switch (schema.name) {
    case DATE:
      return as("date", daysOf);
    case TIME:
      return as("time-millis", dayMsOf);
    case TIMESTAMP:
      return as("timestamp-millis", timestampMsOf);
    case DECIMAL: {
      const precision = Number(schema.parameters?.[PRECISION_PARAMETER] ?? PRECISION_DEFAULT);
      const before = { scale: scaleOf(schema), precision };
      return { ...as("decimal", (value: Decimal) => decimalBytes(checkScale(schema, value))), before };
    }
    case undefined:
    default:
      return undefined;
  }
}

/** The serde holds the value against Avro's type; what Avro's type is wider than is held here. */
function checked(schema: ConnectSchema): (value: unknown) => unknown {
  const range = schema.type === "int8" ? 2 ** 7 : schema.type === "int16" ? 2 ** 15 : undefined;
  if (range === undefined) return (value) => value;
  return (value) => {
    if (typeof value === "number" && value >= -range && value < range) return value;
    throw new DataError(`${String(value)} is no value of ${described(schema)}`);
  };
}

function listOf(value: unknown, items: AvroForm): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((item, index) => inner(index, items, item));
}

function mapOf(schema: ConnectSchema, value: unknown): ReadonlyMap<unknown, unknown> {
  if (value instanceof Map) return value;
  throw new DataError(`a value of ${described(schema)} is a Map`);
}

function inner(step: string | number, form: AvroForm, value: unknown): unknown {
  try {
    return form.write(value);
  } catch (error) {
    throw DataError.within(step, error);
  }
}
