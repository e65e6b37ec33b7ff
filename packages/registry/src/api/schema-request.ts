import type { Context } from "hono";
import type { SchemaReference, SchemaType } from "../formats/schema-format.ts";
import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from "../json/json-value.ts";
import { RegistryError } from "../registry-error.ts";
import type { SchemaRequest } from "../subjects/register-schema.ts";
import { MAX_NAME_LENGTH, parseSubjectName, referredSubject } from "../subjects/subject-name.ts";
import { flag, integerIn, textIn } from "./answers.ts";
import { metadataIn } from "./metadata-set.ts";
import { ruleSetIn } from "./rule-set.ts";
import { accessOf, requireRight } from "./request-access.ts";

const MAX_REFERENCES = 1_000;

/**
 * A schema in a body, under the subject of the path.
 * @throws RegistryError `REGISTRY_BAD_REQUEST`, `REGISTRY_INVALID_SCHEMA` for an unknown type or an empty text
 */
export function schemaRequest(context: Context, subject: string, body: JsonObject): SchemaRequest {
  const schema = textIn(body, "schema");
  if (schema === undefined || schema === "") throw new RegistryError("REGISTRY_INVALID_SCHEMA", 'The body has no "schema".');
  const schemaType = textIn(body, "schemaType")?.toUpperCase() ?? "AVRO";
  if (schemaType !== "AVRO" && schemaType !== "JSON" && schemaType !== "PROTOBUF") {
    throw new RegistryError(
      "REGISTRY_INVALID_SCHEMA",
      `"${schemaType.slice(0, 40)}" is no type of schema; there are AVRO, JSON and PROTOBUF.`,
    );
  }
  const references = referencesIn(body.get("references"));
  // What is referred to can be seen through it.
  for (const reference of references)
    requireRight(accessOf(context), "read", referredSubject(reference.subject, parseSubjectName(subject).context));
  const normalize = context.req.query("normalize") === undefined ? undefined : flag(context, "normalize");
  return {
    subject,
    schemaType: schemaType satisfies SchemaType,
    schema,
    references,
    metadata: metadataIn(body, "metadata"),
    ruleSet: ruleSetIn(body, "ruleSet"),
    normalize,
    id: positive(integerIn(body, "id")),
    version: positive(integerIn(body, "version")),
  };
}

/** Some clients send -1 or 0 for "none". */
function positive(value: number | undefined): number | undefined {
  return value === undefined || value < 1 ? undefined : value;
}

function referencesIn(value: JsonValue | undefined): readonly SchemaReference[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new RegistryError("REGISTRY_BAD_REQUEST", '"references" is a list.');
  if (value.length > MAX_REFERENCES)
    throw new RegistryError("REGISTRY_SCHEMA_TOO_LARGE", `A schema may have ${MAX_REFERENCES} references.`);
  return value.map((each: JsonValue) => {
    const [name, subject, version] = isJsonObject(each) ? [each.get("name"), each.get("subject"), each.get("version")] : [];
    if (typeof name !== "string" || typeof subject !== "string" || !(version instanceof JsonNumber)) {
      throw new RegistryError("REGISTRY_BAD_REQUEST", 'A reference has a "name", a "subject" and a "version".');
    }
    if (Math.max(name.length, subject.length) > MAX_NAME_LENGTH)
      throw new RegistryError("REGISTRY_BAD_REQUEST", `A reference's "name" and "subject" may have ${MAX_NAME_LENGTH} characters.`);
    return { name, subject, version: Number(version.integer ?? 0n) };
  });
}
