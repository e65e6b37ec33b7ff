import { printJson } from "../../json/json-value.ts";
import type { ParsedSchema, SchemaFormat, SchemaSource } from "../schema-format.ts";
import type { JsonSchema } from "./json-schema.ts";
import { jsonSchemaDifferences } from "./json-schema-differences.ts";
import { loadMetaSchemas, type MetaSchemas } from "./meta-schemas.ts";
import { atOnce, type Steps } from "../../steps.ts";
import { readJsonSchema } from "./read-json-schema.ts";

/** A JSON Schema that was read. */
export interface ParsedJsonSchema extends ParsedSchema {
  readonly type: "JSON";
  readonly root: JsonSchema;
}

/** JSON Schema, draft-04 to 2020-12. The library that knows the meta-schemas is loaded by this call. */
export async function loadJsonSchemaFormat(): Promise<SchemaFormat> {
  const metaSchemas = await loadMetaSchemas();
  const parseInSteps = (source: SchemaSource): Steps<ParsedJsonSchema> => parseJsonSchemaSource(source, metaSchemas);
  return { type: "JSON", parse: (source) => atOnce(parseInSteps(source)), parseInSteps };
}

function* parseJsonSchemaSource(source: SchemaSource, metaSchemas: MetaSchemas): Steps<ParsedJsonSchema> {
  const { json, root } = yield* readJsonSchema(source, metaSchemas);
  let canonical: string | undefined;
  let normalized: string | undefined;
  return {
    type: "JSON",
    root,
    get canonical() {
      canonical ??= printJson(json);
      return canonical;
    },
    get normalized() {
      normalized ??= printJson(json, { sortKeys: true });
      return normalized;
    },
    problemsReading: (writer, policy = "STRICT") => jsonSchemaDifferences(root, (writer as ParsedJsonSchema).root, policy),
  };
}
