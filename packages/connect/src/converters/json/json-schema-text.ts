import { DataError, shown } from "../../data/data-error.ts";
import { isPlainObject } from "../../data/check-value.ts";
import { makeSchema } from "../../data/make-schema.ts";
import type { ConnectField, ConnectSchema, ConnectType } from "../../data/schema.ts";
import { textOf } from "./json-text.ts";
import { NumberText } from "./read-json.ts";

const TYPES: ReadonlySet<unknown> = new Set<ConnectType>([
  "int8",
  "int16",
  "int32",
  "int64",
  "float",
  "double",
  "boolean",
  "string",
  "bytes",
  "array",
  "map",
  "struct",
]);

/** A schema as the envelope carries it. Names stand in the order that Java's converter has. `field`: the name of the struct's field that it is of. */
export function schemaText(schema: ConnectSchema, writeDefault: (schema: ConnectSchema, value: unknown) => string, field?: string): string {
  const within = (inner: ConnectSchema): string => schemaText(inner, writeDefault);
  let text = `{"type":"${schema.type}"`;
  if (schema.type === "array") text += `,"items":${within(schema.valueSchema!)}`;
  if (schema.type === "map") text += `,"keys":${within(schema.keySchema!)},"values":${within(schema.valueSchema!)}`;
  if (schema.type === "struct")
    text += `,"fields":[${schema.fields!.map(({ name, schema: own }) => schemaText(own, writeDefault, name)).join(",")}]`;
  text += `,"optional":${schema.optional}`;
  if (schema.name !== undefined) text += `,"name":${textOf(schema.name)}`;
  if (schema.version !== undefined) text += `,"version":${schema.version}`;
  if (schema.doc !== undefined) text += `,"doc":${textOf(schema.doc)}`;
  if (schema.parameters !== undefined) {
    const listed = Object.entries(schema.parameters).map(([name, value]) => `${textOf(name)}:${textOf(value)}`);
    text += `,"parameters":{${listed.join(",")}}`;
  }
  if (schema.defaultValue !== undefined) text += `,"default":${writeDefault(schema, schema.defaultValue)}`;
  return field === undefined ? `${text}}` : `${text},"field":${textOf(field)}}`;
}

/**
 * The schema that an envelope carries.
 * @throws ConnectError CONNECT_DATA
 */
export function schemaOfJson(json: unknown, readDefault: (schema: ConnectSchema, json: unknown) => unknown): ConnectSchema | undefined {
  if (json === null) return undefined;
  if (!isPlainObject(json) || typeof json["type"] !== "string") throw new DataError('a schema in JSON is an object with a "type"');
  const { type } = json;
  if (!TYPES.has(type)) throw new DataError(`a schema in JSON has one of Connect's types, not ${shown(type)}`);
  const inner = (part: string): ConnectSchema => {
    const own = json[part];
    if (own === undefined || own === null) throw new DataError(`a schema of the type ${type} says what its ${part} are`);
    return schemaOfJson(own, readDefault)!;
  };
  const parts = {
    type: type as ConnectType,
    optional: json["optional"] === true,
    name: typeof json["name"] === "string" ? json["name"] : undefined,
    version: versionOf(json["version"]),
    doc: typeof json["doc"] === "string" ? json["doc"] : undefined,
    parameters: parametersOf(json["parameters"]),
    fields: type === "struct" ? fieldsOf(json["fields"], readDefault) : undefined,
    keySchema: type === "map" ? inner("keys") : undefined,
    valueSchema: type === "map" ? inner("values") : type === "array" ? inner("items") : undefined,
  };
  const schema = makeSchema(parts);
  const defaultJson = json["default"];
  if (defaultJson === undefined) return schema;
  const defaultValue = readDefault(schema, defaultJson);
  return defaultValue === null ? schema : makeSchema({ ...parts, defaultValue });
}

function fieldsOf(json: unknown, readDefault: (schema: ConnectSchema, json: unknown) => unknown): ConnectField[] {
  if (!Array.isArray(json)) throw new DataError("a schema of the type struct has a list of fields");
  return json.map((own: unknown) => {
    const name = isPlainObject(own) ? own["field"] : undefined;
    if (typeof name !== "string") throw new DataError('a field of a schema in JSON has its name in "field"');
    try {
      return { name, schema: schemaOfJson(own, readDefault)! };
    } catch (error) {
      throw DataError.within(name, error);
    }
  });
}

function parametersOf(json: unknown): Readonly<Record<string, string>> | undefined {
  if (!isPlainObject(json)) return undefined;
  for (const value of Object.values(json))
    if (typeof value !== "string") throw new DataError(`parameters of a schema are texts, not ${shown(value)}`);
  return json as Readonly<Record<string, string>>;
}

function versionOf(json: unknown): number | undefined {
  const version = json instanceof NumberText ? Number(json.text) : json;
  return typeof version === "number" && Number.isInteger(version) ? version : undefined;
}
