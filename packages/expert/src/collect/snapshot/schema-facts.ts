import { isPersonal } from "../../rules/field-names.ts";

/** What rules ask of a schema in the registry. */
export interface SchemaFacts {
  /** The full name of Avro's outermost record; undefined of a union, and of other types of schemas. */
  readonly recordType: string | undefined;
  /** Fields whose names or tags say that they tell of a person. */
  readonly personalFields: readonly string[];
}

const NO_FACTS: SchemaFacts = { recordType: undefined, personalFields: [] };
const PERSONAL_TAG = /^(PII|GDPR|PERSONAL|SENSITIVE|PHI)$/i;
const FIELDS_MAX = 20;
/** Schemas nest no deeper in any that people write. */
const DEPTH_MAX = 100;

/** The facts of an Avro or JSON schema; none of what cannot be read, and of Protobuf. */
export function schemaFactsOf(type: unknown, text: unknown): SchemaFacts {
  if (typeof text !== "string" || (type !== undefined && type !== "AVRO" && type !== "JSON")) return NO_FACTS;
  let schema: unknown;
  try {
    schema = JSON.parse(text);
  } catch {
    return NO_FACTS;
  }
  const personal = new Set<string>();
  if (type === "JSON") walkJson(schema, personal, 0);
  else walkAvro(schema, personal, 0);
  return { recordType: type === "JSON" ? undefined : recordNameOf(schema), personalFields: [...personal].sort() };
}

function recordNameOf(schema: unknown): string | undefined {
  if (!isObject(schema) || schema["type"] !== "record" || typeof schema["name"] !== "string") return undefined;
  const { name, namespace } = schema as { readonly name: string; readonly namespace?: unknown };
  return typeof namespace === "string" && namespace !== "" && !name.includes(".") ? `${namespace}.${name}` : name;
}

function walkAvro(schema: unknown, personal: Set<string>, depth: number): void {
  if (depth > DEPTH_MAX) return;
  if (Array.isArray(schema)) for (const each of schema) walkAvro(each, personal, depth + 1);
  if (!isObject(schema)) return;
  if (Array.isArray(schema["fields"]))
    for (const field of schema["fields"] as unknown[]) {
      if (!isObject(field)) continue;
      take(field["name"], field, personal);
      walkAvro(field["type"], personal, depth + 1);
    }
  for (const key of ["items", "values", "type"]) walkAvro(schema[key], personal, depth + 1);
}

function walkJson(schema: unknown, personal: Set<string>, depth: number): void {
  if (depth > DEPTH_MAX || !isObject(schema)) return;
  const { properties, items } = schema;
  if (isObject(properties))
    for (const [name, field] of Object.entries(properties)) {
      take(name, field, personal);
      walkJson(field, personal, depth + 1);
    }
  walkJson(items, personal, depth + 1);
}

function take(name: unknown, field: unknown, personal: Set<string>): void {
  if (typeof name !== "string" || personal.size >= FIELDS_MAX) return;
  const tags: unknown = isObject(field) ? field["confluent:tags"] : undefined;
  const isTagged = Array.isArray(tags) && tags.some((tag) => typeof tag === "string" && PERSONAL_TAG.test(tag));
  if (isTagged || isPersonal(name)) personal.add(name.slice(0, 200));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
