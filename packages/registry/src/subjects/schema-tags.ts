import { isJsonObject, type JsonObject, type JsonValue, printJson } from "../json/json-value.ts";
import { parseJson } from "../json/parse-json.ts";
import type { SchemaType } from "../formats/schema-format.ts";
import { RegistryError } from "../registry-error.ts";

/** A record or a field of a schema. Path of a record: its full name; of a field: the name of its record, a dot and its own. Of JSON Schemas: names of properties with dots between them, "" for the whole. */
interface SchemaEntity {
  readonly entityType: "sr_record" | "sr_field";
  readonly entityPath: string;
}

/** Tags of one entity. */
export interface TaggedEntity {
  readonly schemaEntity: SchemaEntity;
  readonly tags: readonly string[];
}

const TAGS = "confluent:tags";
type Members = Map<string, JsonValue>;

/** The tags that stand in a schema's text, in the order of the text. Protobuf keeps its tags in options, which are not looked at. */
export function tagsInText(schemaType: SchemaType, schema: string): readonly TaggedEntity[] {
  if (schemaType === "PROTOBUF" || !schema.includes(TAGS)) return [];
  return entitiesOf(schemaType, parseJson(schema)).flatMap(({ entity, members }) => {
    const tags = tagsOf(members);
    return tags.length === 0 ? [] : [{ schemaEntity: entity, tags }];
  });
}

/**
 * A schema's text with tags put in and taken out. Those put in come behind those that are there.
 * @throws RegistryError `REGISTRY_INVALID_SCHEMA` for an entity that the schema has not, and for Protobuf, whose tags are options
 */
export function withTags(
  schemaType: SchemaType,
  schema: string,
  { add, remove }: { readonly add: readonly TaggedEntity[]; readonly remove: readonly TaggedEntity[] },
): string {
  if (add.length === 0 && remove.length === 0) return schema;
  if (schemaType === "PROTOBUF") {
    throw new RegistryError(
      "REGISTRY_INVALID_SCHEMA",
      "Tags of Protobuf schemas are options of fields: put (confluent.field_meta).tags into the text and register it.",
    );
  }
  const root = parseJson(schema);
  const entities = new Map(entitiesOf(schemaType, root).map(({ entity, members }) => [keyOf(entity), members]));
  const membersOf = (entity: SchemaEntity): Members => {
    const members = entities.get(keyOf(entity));
    if (members !== undefined) return members;
    const what = entity.entityType === "sr_record" ? "record" : "field";
    throw new RegistryError("REGISTRY_INVALID_SCHEMA", `The schema has no ${what} "${entity.entityPath.slice(0, 200)}".`);
  };
  for (const { schemaEntity, tags } of remove) {
    const members = membersOf(schemaEntity);
    put(
      members,
      tagsOf(members).filter((tag) => !tags.includes(tag)),
    );
  }
  for (const { schemaEntity, tags } of add) {
    const members = membersOf(schemaEntity);
    put(members, [...new Set([...tagsOf(members), ...tags])]);
  }
  return printJson(root);
}

interface FoundEntity {
  readonly entity: SchemaEntity;
  readonly members: Members;
}

function entitiesOf(schemaType: SchemaType, root: JsonValue): readonly FoundEntity[] {
  const found: FoundEntity[] = [];
  if (schemaType === "AVRO") avroEntities(root, "", found);
  else jsonEntities(root, "", found);
  return found;
}

function avroEntities(value: JsonValue | undefined, namespace: string, found: FoundEntity[]): void {
  if (Array.isArray(value)) {
    for (const branch of value) avroEntities(branch as JsonValue, namespace, found);
    return;
  }
  if (!isJsonObject(value)) return;
  const type = value.get("type");
  if (type !== "record" && type !== "error") {
    for (const part of [type, value.get("items"), value.get("values")]) if (typeof part !== "string") avroEntities(part, namespace, found);
    return;
  }
  const [name, own] = [textOf(value.get("name")), value.get("namespace")];
  const dot = name.lastIndexOf(".");
  const around = dot >= 0 ? name.slice(0, dot) : typeof own === "string" ? own : namespace;
  const simple = name.slice(dot + 1);
  const full = around === "" ? simple : `${around}.${simple}`;
  found.push({ entity: { entityType: "sr_record", entityPath: full }, members: membersOf(value) });
  const fields = value.get("fields");
  for (const field of Array.isArray(fields) ? (fields as readonly JsonValue[]) : []) {
    if (!isJsonObject(field)) continue;
    found.push({ entity: { entityType: "sr_field", entityPath: `${full}.${textOf(field.get("name"))}` }, members: membersOf(field) });
    avroEntities(field.get("type"), around, found);
  }
}

function jsonEntities(value: JsonValue | undefined, path: string, found: FoundEntity[]): void {
  if (!isJsonObject(value)) return;
  const properties = value.get("properties");
  if (path === "" || isJsonObject(properties))
    found.push({ entity: { entityType: "sr_record", entityPath: path }, members: membersOf(value) });
  if (path !== "") found.push({ entity: { entityType: "sr_field", entityPath: path }, members: membersOf(value) });
  if (!isJsonObject(properties)) return;
  for (const [name, property] of properties) jsonEntities(property, path === "" ? name : `${path}.${name}`, found);
}

/** What was parsed here is changed here: nobody else has it. */
function membersOf(object: JsonObject): Members {
  return object as Members;
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}

function tagsOf(members: JsonObject): readonly string[] {
  const tags = members.get(TAGS);
  return Array.isArray(tags) ? (tags as readonly JsonValue[]).filter((tag) => typeof tag === "string") : [];
}

function put(members: Members, tags: readonly string[]): void {
  if (tags.length === 0) members.delete(TAGS);
  else members.set(TAGS, tags);
}

function keyOf({ entityType, entityPath }: SchemaEntity): string {
  return `${entityType} ${entityPath}`;
}
