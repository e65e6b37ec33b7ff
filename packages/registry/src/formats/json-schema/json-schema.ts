import type { JsonObject } from "../../json/json-value.ts";

/** The drafts that are read. */
export type JsonSchemaDraft = "draft-04" | "draft-06" | "draft-07" | "2019-09" | "2020-12";

/** A schema or one inside of it, references resolved and the drafts' ways of writing made one. */
export interface JsonSchema {
  /** Unique in the process, so that pairs can be remembered. */
  readonly id: number;
  /** A JSON pointer in its text; of a reference's text with its name and `#` in front. */
  readonly place: string;
  /** As it was written; a boolean takes everything or nothing. */
  readonly json: JsonObject | boolean;
  readonly draft: JsonSchemaDraft;
  /** What `$ref`, `$dynamicRef` and `$recursiveRef` mean. Filled when all is read, since references go in circles. */
  readonly refs: JsonSchema[];
  /** Keywords with one schema: `not`, `additionalProperties`, `items` without tuples … */
  readonly one: ReadonlyMap<string, JsonSchema>;
  /** Keywords with a list: `allOf`, `anyOf`, `oneOf`, `prefixItems`. */
  readonly lists: ReadonlyMap<string, readonly JsonSchema[]>;
  /** Keywords with names: `properties`, `patternProperties`, `dependentSchemas`, `$defs`. */
  readonly maps: ReadonlyMap<string, ReadonlyMap<string, JsonSchema>>;
}

const NO_KEYWORDS: JsonObject = new Map();

/** What a schema says; a boolean says nothing by keywords. */
export function keywordsOf({ json }: JsonSchema): JsonObject {
  return typeof json === "boolean" ? NO_KEYWORDS : json;
}

let lastId = 0;

/** A number that no other schema has. */
export function nextSchemaId(): number {
  return ++lastId;
}

/** A schema that stands in no text, for what follows from others. */
export function impliedSchema(json: JsonObject | boolean, draft: JsonSchemaDraft = "2020-12"): JsonSchema {
  return { id: nextSchemaId(), place: "", json, draft, refs: [], one: new Map(), lists: new Map(), maps: new Map() };
}

/** A part of a JSON pointer (RFC 6901). */
export function pointerPart(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
