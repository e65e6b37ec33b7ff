import type {
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
  if (typeof id !== "number" || typeof schema !== "string") throw bad("it has no id or no schema");
  const guid = json["guid"] ?? asked.guid;
  const metadata = (json["metadata"] as SchemaMetadata | null | undefined) ?? asked.metadata;
  const ruleSet = (json["ruleSet"] as SchemaRuleSet | null | undefined) ?? asked.ruleSet;
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
  if (typeof subject !== "string" || typeof version !== "number") throw bad("it has no subject or no version");
  return { ...readSchema(answer, asked), subject, version };
}

/** A list out of an answer. */
export function readList<T extends "string" | "number">(answer: unknown, type: T): readonly (T extends "string" ? string : number)[] {
  if (!Array.isArray(answer) || answer.some((each) => typeof each !== type)) throw bad(`it is no list of ${type}s`);
  return answer as (T extends "string" ? string : number)[];
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

export function objectOf(answer: unknown): Json {
  if (typeof answer !== "object" || answer === null || Array.isArray(answer)) throw bad("it is no object");
  return answer as Json;
}

function readFormat(type: unknown): SchemaFormatName {
  if (type === undefined) return "AVRO";
  if (isSchemaFormat(type)) return type;
  throw bad(`its format ${JSON.stringify(type)} is none of AVRO, JSON and PROTOBUF`);
}

function readReference(given: unknown): SchemaReference {
  const { name, subject, version } = objectOf(given) as { name?: unknown; subject?: unknown; version?: unknown };
  if (typeof name !== "string" || typeof subject !== "string" || typeof version !== "number") throw bad("one of its references is none");
  return { name, subject, version };
}

function bad(problem: string): RegistryClientError {
  return new RegistryClientError("REGISTRY_BAD_ANSWER", `The registry's answer cannot be used: ${problem}.`);
}
