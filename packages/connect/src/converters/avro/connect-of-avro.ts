import {
  type AvroField,
  type AvroRecord,
  type AvroType,
  branchName,
  fullName,
  JsonNumber,
  type JsonObject,
  type JsonValue,
  typeName,
} from "@ottla/registry/formats/avro";
import { DataError } from "../../data/data-error.ts";
import { decimalFromBytes } from "../../data/decimal.ts";
import { DATE, DECIMAL, TIME, TIMESTAMP } from "../../data/logical-names.ts";
import { dateOfDays, dateOfMs, timeOfDayMs } from "../../data/logical-types.ts";
import { makeSchema } from "../../data/make-schema.ts";
import type { ConnectSchema, ConnectType } from "../../data/schema.ts";
import { fieldOf, setField } from "../../data/struct-value.ts";
import { MAP_ENTRY, NAMESPACE, PRECISION_PARAMETER } from "./avro-of-connect.ts";

/** A schema of Connect's and what makes its values of Avro's, as they lie in the bytes. */
export interface ConnectForm {
  readonly schema: ConnectSchema;
  read(value: unknown): unknown;
}

type Properties = Readonly<Record<string, unknown>>;

/** JSON in plain objects; numbers stay the texts that they are. */
function looseJson(value: JsonObject): Properties;
function looseJson(value: JsonValue | undefined): unknown;
function looseJson(value: JsonValue | undefined): unknown {
  if (Array.isArray(value)) return value.map((item: JsonValue) => looseJson(item));
  if (!(value instanceof Map)) return value;
  return Object.fromEntries([...(value as JsonObject)].map(([name, item]) => [name, looseJson(item)]));
}

/**
 * Connect's schema of a schema of Avro's.
 * @throws ConnectError CONNECT_DATA for records that stand in themselves, and unions of more than one type and null.
 */
export function connectOfAvro(type: AvroType): ConnectForm {
  return formOf(type, { path: [], isOptional: false, defaultJson: undefined });
}

interface Place {
  /** Records on the way. */
  readonly path: readonly AvroType[];
  readonly isOptional: boolean;
  /** A field's default, of the type itself. */
  readonly defaultJson: unknown;
}

function formOf(type: AvroType, place: Place): ConnectForm {
  if (type.kind === "union") return unionForm(type.branches, place);
  switch (type.kind) {
    case "record":
      return recordForm(type, place);
    case "array":
      return arrayForm(type, place);
    case "map": {
      const values = formOf(type.values, within(place));
      const parts = { keySchema: STRING, valueSchema: values.schema };
      const read = (value: unknown): unknown => new Map(Object.entries(value as object).map(([key, item]) => [key, values.read(item)]));
      return made("map", { properties: looseJson(type.properties), place, read, parts });
    }
    case "null":
    case "boolean":
    case "int":
    case "long":
    case "float":
    case "double":
    case "bytes":
    case "string":
    case "enum":
    case "fixed":
      return leafForm(type, place);
  }
}

const STRING = makeSchema({ type: "string" });
const within = (place: Place): Place => ({ path: place.path, isOptional: false, defaultJson: undefined });

function unionForm(branches: readonly AvroType[], place: Place): ConnectForm {
  const others = branches.filter(({ kind }) => kind !== "null");
  if (others.length !== 1)
    throw new DataError(
      `a union of ${branches.map((branch) => branchName(branch)).join(", ")} is no schema of Connect's; one type and null can be read`,
    );
  // A default is of the first branch.
  const own = branches[0]!.kind === "null" ? undefined : place.defaultJson;
  const form = formOf(others[0]!, { ...place, isOptional: others.length < branches.length, defaultJson: own });
  return { schema: form.schema, read: (value) => (value === null ? null : form.read(value)) };
}

function recordForm(type: AvroRecord, place: Place): ConnectForm {
  if (place.path.includes(type)) throw new DataError(`${typeName(type)} stands in itself, which no schema of Connect's does`);
  const path = [...place.path, type];
  const fields = type.fields.map((field) => ({ name: field.name, form: fieldForm(field, path) }));
  const parts = { fields: fields.map(({ name, form }) => ({ name, schema: form.schema })) };
  const read = (value: unknown): unknown => {
    const struct: Record<string, unknown> = {};
    for (const { name, form } of fields) setField(struct, name, form.read(fieldOf(value as Properties, name)));
    return struct;
  };
  const full = fullName(type.name);
  const name = new RegExp(`^${NAMESPACE.replaceAll(".", "\\.")}\\.ConnectDefault\\d*$`).test(full) ? undefined : full;
  return made("struct", { properties: looseJson(type.properties), place, read, parts, name, doc: type.doc });
}

function fieldForm(field: AvroField, path: readonly AvroType[]): ConnectForm {
  try {
    return formOf(field.type, { path, isOptional: false, defaultJson: looseJson(field.default) ?? undefined });
  } catch (error) {
    throw DataError.within(field.name, error);
  }
}

function arrayForm(type: Extract<AvroType, { kind: "array" }>, place: Place): ConnectForm {
  const { items } = type;
  if (items.kind === "record" && fullName(items.name).startsWith(`${NAMESPACE}.${MAP_ENTRY}`)) {
    const [keys, values] = ["key", "value"].map((name) => formOf(items.fields.find((field) => field.name === name)!.type, within(place)));
    const parts = { keySchema: keys!.schema, valueSchema: values!.schema };
    const read = (value: unknown): unknown =>
      new Map((value as readonly Properties[]).map((entry) => [keys!.read(entry["key"]), values!.read(entry["value"])]));
    return made("map", { properties: looseJson(type.properties), place, read, parts });
  }
  const form = formOf(items, within(place));
  const read = (value: unknown): unknown => (value as readonly unknown[]).map((item) => form.read(item));
  return made("array", { properties: looseJson(type.properties), place, read, parts: { valueSchema: form.schema } });
}

function leafForm(type: Exclude<AvroType, { kind: "record" | "array" | "map" | "union" }>, place: Place): ConnectForm {
  const properties = looseJson(type.properties);
  const logical = properties["logicalType"];
  const own = (
    read: (value: never) => unknown,
    connectType: ConnectType,
    name?: string,
    parameters?: Readonly<Record<string, string>>,
  ): ConnectForm =>
    made(connectType, {
      properties,
      place,
      read,
      name,
      parameters,
      version: name === undefined ? undefined : 1,
    });
  switch (type.kind) {
    case "int": {
      if (logical === "date") return own(dateOfDays, "int32", DATE);
      if (logical === "time-millis") return own(timeOfDayMs, "int32", TIME);
      const small = properties["connect.type"];
      return own(same, small === "int8" || small === "int16" ? small : "int32");
    }
    case "long":
      return logical === "timestamp-millis" ? own((value: bigint) => dateOfMs(Number(value)), "int64", TIMESTAMP) : own(same, "int64");
    case "bytes":
    case "fixed": {
      if (logical !== "decimal") return own(same, "bytes");
      const scale = numberOf(properties["scale"], 0);
      const precision = numberOf(properties["precision"], 64);
      const parameters = { scale: String(scale), ...(precision === 64 ? {} : { [PRECISION_PARAMETER]: String(precision) }) };
      return own((value: Uint8Array) => decimalFromBytes(value, scale), "bytes", DECIMAL, parameters);
    }
    case "enum":
      return own(same, "string");
    case "null":
      throw new DataError("null alone is no schema of Connect's");
    case "boolean":
    case "float":
    case "double":
    case "string":
      return own(same, type.kind);
  }
}

const same = (value: unknown): unknown => value;

interface Made {
  readonly properties: Properties;
  readonly place: Place;
  read(value: unknown): unknown;
  readonly parts?: object | undefined;
  readonly name?: string | undefined;
  readonly version?: number | undefined;
  readonly doc?: string | undefined;
  readonly parameters?: Readonly<Record<string, string>> | undefined;
}

/** What the properties say goes before what the type says. */
function made(type: ConnectType, { properties, place, read, parts, name, version, doc, parameters }: Made): ConnectForm {
  const given = properties["connect.parameters"];
  const written = properties["connect.version"];
  const schema = makeSchema({
    type,
    optional: place.isOptional,
    name: (properties["connect.name"] as string | undefined) ?? name,
    version: written instanceof JsonNumber ? Number(written.text) : version,
    doc: (properties["connect.doc"] as string | undefined) ?? doc,
    parameters: typeof given === "object" && given !== null ? (given as Readonly<Record<string, string>>) : parameters,
    ...parts,
  });
  const json = place.defaultJson ?? properties["connect.default"];
  if (json === undefined || json === null) return { schema, read };
  return { schema: makeSchema({ ...schema, defaultValue: read(valueOfJson(schema, json)) }), read };
}

/** A default as the bytes would hold it. */
function valueOfJson(schema: ConnectSchema, json: unknown): unknown {
  if (json instanceof JsonNumber) return schema.type === "int64" ? BigInt(json.text) : Number(json.text);
  if (schema.type === "bytes" && typeof json === "string") return Buffer.from(json, "latin1");
  if (schema.type === "array") return (json as readonly unknown[]).map((item) => valueOfJson(schema.valueSchema!, item));
  if (schema.type === "map")
    return Object.fromEntries(Object.entries(json as object).map(([key, item]) => [key, valueOfJson(schema.valueSchema!, item)]));
  if (schema.type === "struct")
    return Object.fromEntries(
      schema.fields!.map((field) => [
        field.name,
        (json as Properties)[field.name] == null ? null : valueOfJson(field.schema, (json as Properties)[field.name]),
      ]),
    );
  return json;
}

function numberOf(json: unknown, otherwise: number): number {
  return json instanceof JsonNumber ? Number(json.text) : otherwise;
}
