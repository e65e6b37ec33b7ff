import { OttlaError } from "@ottla/base";
import type { SchemaReference, SchemaType } from "@ottla/registry";

/** A schema as a registry tells of it. */
export interface SchemaContent {
  readonly schemaType: SchemaType;
  readonly schema: string;
  readonly references: readonly SchemaReference[];
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly ruleSet?: Readonly<Record<string, unknown>>;
}

/** A version of a subject. */
export interface RegisteredSchema extends SchemaContent {
  readonly subject: string;
  readonly version: number;
  readonly id: number;
  /** Undefined of registries that have none. */
  readonly guid: string | undefined;
  readonly isDeleted: boolean;
}

const TYPES: readonly SchemaType[] = ["AVRO", "JSON", "PROTOBUF"];

/** Reads a version as registries answer it. Throws `REGISTRY_ANSWER_UNREADABLE`. */
export function readRegistered(answer: unknown): RegisteredSchema {
  const found = objectIn(answer);
  const [subject, version, id, guid] = [found["subject"], found["version"], found["id"], found["guid"]];
  if (typeof subject !== "string" || !isInteger(version) || !isInteger(id)) throw unreadable("a version has no subject, version or id");
  return {
    subject,
    version,
    id,
    guid: typeof guid === "string" ? guid : undefined,
    ...readContent(found),
    isDeleted: found["deleted"] === true,
  };
}

/** Reads what a schema consists of. Throws `REGISTRY_ANSWER_UNREADABLE`. */
export function readContent(answer: unknown): SchemaContent {
  const found = objectIn(answer);
  const { schema, references = [], metadata, ruleSet } = found;
  const schemaType = TYPES.find((type) => type === (found["schemaType"] ?? "AVRO"));
  if (typeof schema !== "string") throw unreadable("a version has no schema");
  if (schemaType === undefined) throw unreadable(`the type of schema ${JSON.stringify(found["schemaType"])} is not known here`);
  return {
    schemaType,
    schema,
    references: references === null ? [] : listIn(references).map(readReference),
    ...(isObject(metadata) && { metadata }),
    ...(isObject(ruleSet) && { ruleSet }),
  };
}

function readReference(value: unknown): SchemaReference {
  const { name, subject, version } = objectIn(value);
  if (typeof name !== "string" || typeof subject !== "string" || !isInteger(version))
    throw unreadable("a reference has no name, subject or version");
  return { name, subject, version };
}

/** Throws `REGISTRY_ANSWER_UNREADABLE` for what is no list. */
export function listIn(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value as readonly unknown[];
  throw unreadable("a list was expected");
}

/** Throws `REGISTRY_ANSWER_UNREADABLE` for what is no object. */
export function objectIn(value: unknown): Readonly<Record<string, unknown>> {
  if (isObject(value)) return value;
  throw unreadable("an object was expected");
}

export function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function unreadable(what: string): OttlaError {
  return new OttlaError("REGISTRY_ANSWER_UNREADABLE", `The registry's answer cannot be read: ${what}; check --registry-url.`);
}
