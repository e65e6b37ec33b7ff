import type {
  CompatibilityLevelName,
  RegisteredSchema,
  SchemaDefinition,
  SchemaFormatName,
  SchemaMetadata,
  SchemaReference,
  SchemaRuleSet,
  SubjectVersion,
} from "../schema-types.ts";
import { isSchemaFormat } from "./schema-formats.ts";
import { RegistryClientError } from "./registry-client-error.ts";

type Json = Readonly<Record<string, unknown>>;
/** What is known before the answer comes. */
type Asked<T> = { readonly [Name in keyof T]?: T[Name] | undefined };

/** A schema out of an answer; what the answer leaves out is taken from what was asked for. */
export function readSchema(answer: unknown, asked: Asked<RegisteredSchema>): RegisteredSchema {
  const json = objectOf(answer);
  const id = json["id"] ?? asked.id;
  const schema = json["schema"] ?? asked.schema;
  if (id === undefined || typeof schema !== "string") throw bad("it has no id or no schema");
  if (!isId(id)) throw bad(`its id ${shown(id)} is no whole number of 0 to ${ID_MAX}, which is all that a payload has room for`);
  const guid = json["guid"] ?? asked.guid;
  const metadata = json["metadata"] == null ? asked.metadata : (objectOf(json["metadata"], "its metadata") as SchemaMetadata);
  const ruleSet = json["ruleSet"] == null ? asked.ruleSet : readRuleSet(json["ruleSet"]);
  return {
    id,
    schema,
    guid: typeof guid === "string" ? guid.toLowerCase() : undefined,
    schemaType: readFormat(json["schemaType"] ?? asked.schemaType),
    references: Array.isArray(json["references"]) ? json["references"].map(readReference) : (asked.references ?? []),
    ...(metadata != null && { metadata }),
    ...(ruleSet != null && { ruleSet }),
  };
}

/** A version out of an answer. */
export function readVersion(answer: unknown, asked: Asked<SubjectVersion>): SubjectVersion {
  const json = objectOf(answer);
  const { subject = asked.subject, version = asked.version } = json as { subject?: string; version?: number };
  if (typeof subject !== "string" || !isId(version)) throw bad("it has no subject or no version");
  return { ...readSchema(answer, asked), subject, version };
}

/** A list out of an answer. */
export function readList<T extends "string" | "number">(answer: unknown, type: T): readonly (T extends "string" ? string : number)[] {
  if (!Array.isArray(answer) || answer.some((each) => typeof each !== type)) throw bad(`it is no list of ${type}s`);
  return answer as (T extends "string" ? string : number)[];
}

/** A level out of an answer; other registries may have more of them than are known here. */
export function readLevel(level: unknown): CompatibilityLevelName {
  if (typeof level !== "string") throw bad(`its compatibility level ${shown(level)} is no text`);
  return level as CompatibilityLevelName;
}

/** The body that registers or looks up. */
export function bodyOf({ schema, schemaType, references, metadata, ruleSet }: SchemaDefinition): Json {
  return {
    schema,
    ...(schemaType !== undefined && schemaType !== "AVRO" && { schemaType }),
    ...(references !== undefined && references.length > 0 && { references }),
    ...(metadata !== undefined && { metadata }),
    ...(ruleSet !== undefined && { ruleSet }),
  };
}

export function objectOf(answer: unknown, what = "it"): Json {
  if (typeof answer !== "object" || answer === null || Array.isArray(answer)) throw bad(`${what} is no object`);
  return answer as Json;
}

const ID_MAX = 2 ** 31 - 1;

function isId(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= ID_MAX;
}

/** What is no plain value may nest deeper than the stack. */
function shown(value: unknown): string {
  return typeof value === "object" && value !== null ? (Array.isArray(value) ? "[…]" : "{…}") : String(JSON.stringify(value)).slice(0, 40);
}

function readRuleSet(given: unknown): SchemaRuleSet {
  const ruleSet = objectOf(given, "its rule set");
  for (const name of ["domainRules", "migrationRules", "encodingRules"]) {
    const rules = ruleSet[name];
    if (rules == null) continue;
    if (!Array.isArray(rules)) throw bad(`"${name}" of its rule set is no list`);
    for (const rule of rules) objectOf(rule, `a rule in "${name}"`);
  }
  return ruleSet;
}

function readFormat(type: unknown): SchemaFormatName {
  if (type === undefined) return "AVRO";
  if (isSchemaFormat(type)) return type;
  throw bad(`its format ${shown(type)} is none of AVRO, JSON and PROTOBUF`);
}

function readReference(given: unknown): SchemaReference {
  const { name, subject, version } = objectOf(given) as { name?: unknown; subject?: unknown; version?: unknown };
  if (typeof name !== "string" || typeof subject !== "string" || !isId(version)) throw bad("one of its references is none");
  return { name, subject, version };
}

function bad(problem: string): RegistryClientError {
  return new RegistryClientError("REGISTRY_BAD_ANSWER", `The registry's answer cannot be used: ${problem}.`);
}
