export { isJsonObject, type JsonObject, JsonNumber, type JsonValue } from "../json/json-value.ts";
export { type JsonSchema, keywordsOf } from "./json-schema/json-schema.ts";
export type { ParsedJsonSchema } from "./json-schema/json-schema-format.ts";
