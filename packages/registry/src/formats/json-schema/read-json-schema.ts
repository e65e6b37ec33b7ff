import { isJsonObject, type JsonObject, JsonNumber, type JsonValue } from "../../json/json-value.ts";
import { JsonSyntaxError, parseJson } from "../../json/parse-json.ts";
import { RegistryError } from "../../registry-error.ts";
import type { Steps } from "../../steps.ts";
import type { SchemaSource } from "../schema-format.ts";
import { type JsonSchema, type JsonSchemaDraft, nextSchemaId, pointerPart } from "./json-schema.ts";
import { draftOf, type MetaSchemas } from "./meta-schemas.ts";
import { resolveReferences, SchemaPlaces } from "./schema-places.ts";
import { valueKey } from "./schema-values.ts";

const ONE = new Set(
  "not if then else additionalProperties propertyNames contains additionalItems unevaluatedItems unevaluatedProperties items".split(" "),
);
const LISTS = new Set(["allOf", "anyOf", "oneOf", "prefixItems", "items"]);
const MAPS = new Set(["properties", "patternProperties", "definitions", "$defs", "dependentSchemas", "dependencies"]);
/** Keywords that a draft does not know mean nothing there. */
const SINCE: ReadonlyMap<string, JsonSchemaDraft> = new Map([
  ["const", "draft-06"],
  ["contains", "draft-06"],
  ["propertyNames", "draft-06"],
  ["if", "draft-07"],
  ["then", "draft-07"],
  ["else", "draft-07"],
  ["dependentSchemas", "2019-09"],
  ["dependentRequired", "2019-09"],
  ["minContains", "2019-09"],
  ["maxContains", "2019-09"],
  ["unevaluatedItems", "2019-09"],
  ["unevaluatedProperties", "2019-09"],
  ["prefixItems", "2020-12"],
]);
const DRAFTS: readonly JsonSchemaDraft[] = ["draft-04", "draft-06", "draft-07", "2019-09", "2020-12"];

/** Whether a draft knows a keyword. */
export function knowsKeyword(draft: JsonSchemaDraft, keyword: string): boolean {
  const since = SINCE.get(keyword);
  return since === undefined || DRAFTS.indexOf(draft) >= DRAFTS.indexOf(since);
}

/** A text that was read. */
export interface JsonSchemaDocument {
  readonly json: JsonValue;
  readonly root: JsonSchema;
}

/**
 * Reads a schema with those it refers to, in steps: a megabyte takes longer than others may wait.
 * @throws RegistryError `REGISTRY_INVALID_SCHEMA` with the place as a JSON pointer; `REGISTRY_UNKNOWN_REFERENCE`; `REGISTRY_SCHEMA_TOO_LARGE`.
 */
export function* readJsonSchema({ schema, resolved }: SchemaSource, metaSchemas: MetaSchemas): Steps<JsonSchemaDocument> {
  const places = new SchemaPlaces();
  for (const reference of resolved) {
    try {
      yield* readText(reference.schema, metaSchemas, places, reference.name);
    } catch (cause) {
      if (!(cause instanceof RegistryError)) throw cause;
      throw new RegistryError(cause.code, `The reference "${reference.name}" cannot be used. ${cause.message}`, { cause });
    }
  }
  const read = yield* readText(schema, metaSchemas, places, "");
  yield;
  resolveReferences(places);
  return read;
}

function* readText(text: string, metaSchemas: MetaSchemas, places: SchemaPlaces, name: string): Steps<JsonSchemaDocument> {
  let json: JsonValue;
  try {
    json = parseJson(text);
  } catch (cause) {
    if (!(cause instanceof JsonSyntaxError)) throw cause;
    throw invalidSchema("", `it is no JSON: ${cause.message}`, cause);
  }
  if (typeof json !== "boolean" && !isJsonObject(json)) throw invalidSchema("", "a schema is an object, true or false");
  const named = isJsonObject(json) ? json.get("$schema") : undefined;
  const draft = draftOf(typeof named === "string" ? named : undefined);
  yield;
  const root = new SchemaBuilder(places, draft, name).build(json);
  yield;
  const plain: unknown = JSON.parse(text);
  yield;
  const fault = metaSchemas[draft](plain);
  if (fault !== undefined) throw invalidSchema(fault.path, `${fault.problem} (${draft})`);
  return { json, root };
}

/** As many as are read of one text: beyond, reading would hold up all others. */
const MAX_SCHEMAS = 10_000;

class SchemaBuilder {
  readonly #places: SchemaPlaces;
  readonly #draft: JsonSchemaDraft;
  readonly #name: string;
  #count = 0;

  constructor(places: SchemaPlaces, draft: JsonSchemaDraft, name: string) {
    this.#places = places;
    this.#draft = draft;
    this.#name = name;
  }

  build(json: JsonObject | boolean): JsonSchema {
    const resource = this.#places.openDocument(this.#name, json, (inside, base, pointer) => this.#schema(inside, base, pointer));
    return this.#schema(json, resource, "");
  }

  #schema(json: JsonObject | boolean, around: string, pointer: string): JsonSchema {
    const place = this.#name === "" ? pointer : `${this.#name}#${pointer}`;
    if (++this.#count > MAX_SCHEMAS) {
      const message = `More than ${MAX_SCHEMAS} schemas stand in one text; share them between subjects, by references.`;
      throw new RegistryError("REGISTRY_SCHEMA_TOO_LARGE", message, { path: pointer });
    }
    const [one, lists, maps] = [new Map<string, JsonSchema>(), new Map<string, JsonSchema[]>(), new Map<string, Map<string, JsonSchema>>()];
    // Up to draft-07 nothing counts beside "$ref", but what is defined there can be referred to.
    const reference = typeof json === "boolean" || knowsKeyword(this.#draft, "dependentSchemas") ? undefined : json.get("$ref");
    const counting = reference === undefined ? json : new Map([["$ref", reference]]);
    const schema: JsonSchema = { id: nextSchemaId(), place, json: counting, draft: this.#draft, refs: [], one, lists, maps };
    if (typeof json === "boolean") return schema;
    const resource = this.#places.add(schema, json, around, pointer);
    for (const [keyword, value] of json) {
      const at = `${pointer}/${pointerPart(keyword)}`;
      if (keyword === "enum") checkEnum(value, at);
      if (reference !== undefined && keyword !== "definitions" && keyword !== "$defs") continue;
      if (!knowsKeyword(this.#draft, keyword)) continue;
      if (LISTS.has(keyword) && Array.isArray(value)) {
        lists.set(keyword, this.#list(value, resource, at));
      } else if (ONE.has(keyword) && isSchema(value)) {
        one.set(keyword, this.#schema(value, resource, at));
      } else if (MAPS.has(keyword) && isJsonObject(value)) {
        const inside = new Map<string, JsonSchema>();
        for (const [key, each] of value) {
          if (isSchema(each)) inside.set(key, this.#schema(each, resource, `${at}/${pointerPart(key)}`));
        }
        maps.set(keyword === "dependencies" ? "dependentSchemas" : keyword, inside);
      }
    }
    this.#oneWayOfTuples(one, lists);
    return schema;
  }

  #list(values: readonly JsonValue[], resource: string, at: string): JsonSchema[] {
    return values.flatMap((each, index) => (isSchema(each) ? [this.#schema(each, resource, `${at}/${index}`)] : []));
  }

  /** Up to 2019-09 a list of `items` is a tuple and `additionalItems` the rest, and without a list `additionalItems` means nothing. */
  #oneWayOfTuples(one: Map<string, JsonSchema>, lists: Map<string, JsonSchema[]>): void {
    const tuple = lists.get("items");
    const rest = one.get("additionalItems");
    lists.delete("items");
    one.delete("additionalItems");
    if (tuple === undefined || this.#draft === "2020-12") return;
    lists.set("prefixItems", tuple);
    if (rest !== undefined) one.set("items", rest);
  }
}

function isSchema(value: JsonValue): value is JsonObject | boolean {
  return typeof value === "boolean" || isJsonObject(value);
}

function checkEnum(value: JsonValue, at: string): void {
  if (!Array.isArray(value)) return;
  // Texts apart: of a hundred thousand none has to be written as JSON.
  const [texts, keys] = [new Set<string>(), new Set<string>()];
  for (const [index, each] of value.entries()) {
    const [seen, key] = typeof each === "string" ? [texts, each] : [keys, valueKey(each)];
    if (seen.has(key)) throw invalidSchema(`${at}/${index}`, "a value of the enum comes twice");
    seen.add(key);
  }
}

/** A fault of a schema, as it is told everywhere. */
function invalidSchema(path: string, problem: string, cause?: unknown): RegistryError {
  const message = `This is no JSON Schema: ${path === "" ? "" : `at ${path}: `}${problem}.`;
  return new RegistryError("REGISTRY_INVALID_SCHEMA", message, { path, cause });
}

/** A number among a schema's keywords. */
export function numberOf(json: JsonObject, keyword: string): JsonNumber | undefined {
  const value = json.get(keyword);
  return value instanceof JsonNumber ? value : undefined;
}
