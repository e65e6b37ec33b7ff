import { described, isPlainObject } from "../../data/check-value.ts";
import { DataError, shown } from "../../data/data-error.ts";
import { makeSchema } from "../../data/make-schema.ts";
import type { ConnectSchema, ConnectType } from "../../data/schema.ts";
import { fieldOf, setField } from "../../data/struct-value.ts";
import { jsonReader } from "../json/json-reader.ts";
import { NumberText } from "../json/read-json.ts";
import {
  CONNECT_INDEX,
  CONNECT_PARAMETERS,
  CONNECT_TYPE,
  CONNECT_VERSION,
  ENUM,
  type JsonObject,
  UNION,
  UNION_FIELD,
} from "./json-schema-names.ts";
import type { JsonSchemaTexts } from "./json-schema-texts.ts";

/** A schema of Connect's and what makes its values of parsed JSON. */
export interface ConnectForm {
  readonly schema: ConnectSchema;
  read(json: unknown): unknown;
}

export interface ReadingChoices {
  /** Whether a property that is not required is optional. */
  readonly nonRequiredIsOptional: boolean;
}

/** Further in, a schema refers to itself. */
const DEPTH_MAX = 100;

/**
 * Connect's schema of a JSON Schema. Texts behind `$ref` are found by `texts`.
 * @throws ConnectError CONNECT_DATA for what has no schema in Connect: anything at all (`true`, `{}`), objects that stand in themselves.
 */
export function connectOfJsonSchema(texts: JsonSchemaTexts, choices: ReadingChoices): ConnectForm {
  return new ConnectMaker(texts, choices).form(texts.root, { base: texts.root, isOptional: false, depth: 0 });
}

interface Place {
  /** The document that `#/…` is of. */
  readonly base: unknown;
  readonly isOptional: boolean;
  readonly depth: number;
  /** What stands beside the null that makes it optional. */
  readonly fallback?: unknown;
}

class ConnectMaker {
  readonly #texts: JsonSchemaTexts;
  readonly #choices: ReadingChoices;

  constructor(texts: JsonSchemaTexts, choices: ReadingChoices) {
    this.#texts = texts;
    this.#choices = choices;
  }

  form(given: unknown, place: Place): ConnectForm {
    if (place.depth > DEPTH_MAX) throw new DataError("the schema stands in itself, which no schema of Connect's does");
    if (!isPlainObject(given)) throw new DataError(`${JSON.stringify(given)} lets anything be there, which no schema of Connect's does`);
    if (typeof given["$ref"] === "string") {
      const { base, schema } = this.#texts.find(given["$ref"], place.base);
      const { $ref: _, ...beside } = given;
      return this.form(isPlainObject(schema) ? { ...schema, ...beside } : schema, deeper({ ...place, base }));
    }
    const allOf = given["allOf"];
    if (Array.isArray(allOf)) return this.form(this.#merged(given, allOf, place), deeper(place));
    const types = given["type"];
    if (Array.isArray(types)) {
      const { type: _, ...rest } = given;
      if (types.length === 1) return this.form({ ...rest, type: types[0] }, deeper(place));
      return this.#oneOf(
        rest,
        types.map((type: unknown) => (type === "null" ? { type } : { ...rest, type })),
        place,
      );
    }
    for (const word of ["oneOf", "anyOf"]) {
      const branches = given[word];
      if (Array.isArray(branches)) {
        const { [word]: _, ...rest } = given;
        return this.#oneOf(rest, branches, place);
      }
    }
    return this.#typed(given, place);
  }

  #merged(given: JsonObject, parts: readonly unknown[], place: Place): JsonObject {
    const { allOf: _, ...own } = given;
    let merged: JsonObject = own;
    for (const part of parts) {
      const found = isPlainObject(part) && typeof part["$ref"] === "string" ? this.#texts.find(part["$ref"], place.base).schema : part;
      if (!isPlainObject(found)) continue;
      merged = {
        ...found,
        ...merged,
        ...(isPlainObject(found["properties"]) || isPlainObject(merged["properties"])
          ? { properties: { ...(found["properties"] as object), ...(merged["properties"] as object) } }
          : {}),
        required: [...listed(found["required"]), ...listed(merged["required"])],
      };
    }
    return merged;
  }

  #oneOf(rest: JsonObject, branches: readonly unknown[], place: Place): ConnectForm {
    const others = branches.filter((branch) => !(isPlainObject(branch) && branch["type"] === "null"));
    const isOptional = place.isOptional || others.length < branches.length;
    const fallback = rest["default"] ?? place.fallback;
    if (others.length === 1) return this.form(others[0], deeper({ ...place, isOptional, fallback }));
    if (others.length === 0) throw new DataError("null alone is no schema of Connect's");
    const parts = indexed(others.map((schema, index) => ({ name: String(index), schema }))).map(({ schema }, index) => ({
      name: `${UNION_FIELD}${index}`,
      form: this.form(schema, { base: place.base, isOptional: true, depth: place.depth + 1 }),
    }));
    const fields = parts.map(({ name, form }) => ({ name, schema: form.schema }));
    return this.#made(
      "struct",
      { ...rest, title: UNION, default: undefined },
      { ...place, isOptional },
      { parts: { fields }, read: (json) => unionOf(parts, json) },
    );
  }

  #typed(given: JsonObject, place: Place): ConnectForm {
    const leaf = (type: ConnectType): ConnectForm => this.#made(type, given, place);
    switch (typeOf(given)) {
      case "boolean":
        return leaf("boolean");
      case "integer":
        return leaf(integerType(given[CONNECT_TYPE]));
      case "number":
        return leaf(numberType(given[CONNECT_TYPE]));
      case "string":
        return leaf(given[CONNECT_TYPE] === "bytes" ? "bytes" : "string");
      case "array":
        return given[CONNECT_TYPE] === "map" ? this.#entries(given, place) : this.#array(given, place);
      case "object":
        return isMap(given) ? this.#map(given, place) : this.#struct(given, place);
      case "null":
        throw new DataError("null alone is no schema of Connect's");
      default:
        throw new DataError("a JSON Schema without a type lets anything be there, which no schema of Connect's does");
    }
  }

  #array(given: JsonObject, place: Place): ConnectForm {
    const items = this.form(given["items"] ?? true, inside(place));
    const read = (json: unknown): unknown => listOf(json).map((item, index) => inner(index, items, item));
    return this.#made("array", given, place, { parts: { valueSchema: items.schema }, read });
  }

  #entries(given: JsonObject, place: Place): ConnectForm {
    const properties = (given["items"] as JsonObject | undefined)?.["properties"] as JsonObject | undefined;
    const keys = this.form(properties?.["key"], inside(place));
    const values = this.form(properties?.["value"], inside(place));
    const read = (json: unknown): unknown =>
      new Map(
        listOf(json).map((entry, index): [unknown, unknown] => {
          if (!isPlainObject(entry)) throw DataError.within(index, new DataError("an entry of a map has a key and a value"));
          return [inner(`[${index}].key`, keys, entry["key"]), inner(`[${index}].value`, values, entry["value"])];
        }),
      );
    return this.#made("map", given, place, { parts: { keySchema: keys.schema, valueSchema: values.schema }, read });
  }

  #map(given: JsonObject, place: Place): ConnectForm {
    const values = this.form(given["additionalProperties"] ?? true, inside(place));
    const read = (json: unknown): unknown => new Map(Object.entries(objectOf(json)).map(([key, item]) => [key, inner(key, values, item)]));
    return this.#made("map", given, place, { parts: { keySchema: STRING, valueSchema: values.schema }, read });
  }

  #struct(given: JsonObject, place: Place): ConnectForm {
    const required = new Set(listed(given["required"]));
    const properties = Object.entries((given["properties"] as JsonObject | undefined) ?? {}).map(([name, schema]) => ({ name, schema }));
    const parts = indexed(properties).map(({ name, schema }) => {
      try {
        const isOptional = this.#choices.nonRequiredIsOptional && !required.has(name);
        return { name, form: this.form(schema, { ...inside(place), isOptional }) };
      } catch (error) {
        throw DataError.within(name, error);
      }
    });
    const read = (json: unknown): unknown => {
      const from = objectOf(json);
      const made: Record<string, unknown> = {};
      for (const { name, form } of parts) setField(made, name, inner(name, form, fieldOf(from, name)));
      return made;
    };
    return this.#made("struct", given, place, { parts: { fields: parts.map(({ name, form }) => ({ name, schema: form.schema })) }, read });
  }

  #made(type: ConnectType, given: JsonObject, { isOptional, fallback: beside }: Place, container?: Container): ConnectForm {
    const version = given[CONNECT_VERSION];
    const title = given["title"];
    const doc = given["description"];
    const bare = makeSchema({
      type,
      name: typeof title === "string" ? title : undefined,
      version: version instanceof NumberText ? Number(version.text) : undefined,
      doc: typeof doc === "string" ? doc : undefined,
      parameters: parametersOf(given),
      ...container?.parts,
    });
    const readBare = container?.read ?? jsonReader(bare, false);
    const json = given["default"] ?? beside;
    const defaultValue = json === undefined || json === null ? undefined : readBare(json);
    const schema = isOptional || defaultValue !== undefined ? makeSchema({ ...bare, optional: isOptional, defaultValue }) : bare;
    return {
      schema,
      read(value) {
        if (value !== null && value !== undefined) return readBare(value);
        // What is not there has its default; what is null there is null.
        if (defaultValue !== undefined && (value === undefined || !isOptional)) return defaultValue;
        if (isOptional) return null;
        throw new DataError(`null is no value of ${described(schema)}, which is not optional`);
      },
    };
  }
}

interface Container {
  readonly parts: object;
  read(json: unknown): unknown;
}

const STRING = makeSchema({ type: "string" });
const inside = ({ base, depth }: Place): Place => ({ base, isOptional: false, depth: depth + 1 });
const deeper = (place: Place): Place => ({ ...place, depth: place.depth + 1 });

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** By `connect.index`, where they have one: names that are numbers come first in JavaScript's objects. */
function indexed<T extends { readonly schema: unknown }>(parts: readonly T[]): readonly T[] {
  const indexOf = ({ schema }: T): number => {
    const index = isPlainObject(schema) ? schema[CONNECT_INDEX] : undefined;
    return index instanceof NumberText ? Number(index.text) : Infinity;
  };
  return parts.toSorted((left, right) => {
    const [a, b] = [indexOf(left), indexOf(right)];
    return a === b ? 0 : a - b;
  });
}

function typeOf(given: JsonObject): unknown {
  if (given["type"] !== undefined) return given["type"];
  if (given["properties"] !== undefined || given["additionalProperties"] !== undefined) return "object";
  if (given["items"] !== undefined) return "array";
  const [first] = "const" in given ? [given["const"]] : listed(given["enum"]);
  if (first instanceof NumberText) return /[.eE]/.test(first.text) ? "number" : "integer";
  return typeof first === "string" || typeof first === "boolean" ? typeof first : undefined;
}

function isMap(given: JsonObject): boolean {
  const more = given["additionalProperties"];
  if (given[CONNECT_TYPE] === "map") return true;
  if (given["properties"] !== undefined) return false;
  if (isPlainObject(more)) return true;
  if (more === false) return false;
  throw new DataError(
    "an object whose properties are not said is no schema of Connect's; give it properties, or additionalProperties with a schema",
  );
}

function integerType(named: unknown): ConnectType {
  return named === "int8" || named === "int16" || named === "int32" ? named : "int64";
}

function numberType(named: unknown): ConnectType {
  if (named === "bytes") return "bytes";
  if (named === "float32") return "float";
  return named === "int8" || named === "int16" || named === "int32" || named === "int64" ? named : "double";
}

function parametersOf(given: JsonObject): Readonly<Record<string, string>> | undefined {
  const parameters = given[CONNECT_PARAMETERS];
  if (isPlainObject(parameters))
    return Object.fromEntries(
      Object.entries(parameters).map(([key, value]) => [key, value instanceof NumberText ? value.text : String(value)]),
    );
  const symbols = listed(given["enum"]).filter((symbol) => typeof symbol === "string");
  if (symbols.length === 0 || typeOf(given) !== "string") return undefined;
  return { [ENUM]: "", ...Object.fromEntries(symbols.map((symbol) => [`${ENUM}.${symbol}`, symbol])) };
}

/** The first branch that a value is of. */
function unionOf(parts: readonly { readonly name: string; readonly form: ConnectForm }[], json: unknown): unknown {
  let problem: unknown;
  for (const { name, form } of parts) {
    try {
      const value = form.read(json);
      return Object.fromEntries(parts.map((part) => [part.name, part.name === name ? value : null]));
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      problem = error;
    }
  }
  throw new DataError(`${shown(json)} is of no branch of the union`, "", problem);
}

function objectOf(json: unknown): JsonObject {
  if (isPlainObject(json) && !(json instanceof NumberText)) return json;
  throw new DataError(`${shown(json)} is no object in JSON`);
}

function listOf(json: unknown): readonly unknown[] {
  if (Array.isArray(json)) return json;
  throw new DataError(`${shown(json)} is no list in JSON`);
}

function inner(step: string | number, form: ConnectForm, json: unknown): unknown {
  try {
    return form.read(json);
  } catch (error) {
    throw DataError.within(step, error);
  }
}
