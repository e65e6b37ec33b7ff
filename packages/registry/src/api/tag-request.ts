import { isJsonObject, type JsonObject, type JsonValue } from "../json/json-value.ts";
import { RegistryError } from "../registry-error.ts";
import { readMetadata } from "../storage/topic-value.ts";
import type { RuleSet, SchemaMetadata } from "../subjects/registry-record.ts";
import type { TaggedEntity } from "../subjects/schema-tags.ts";
import { ruleSetIn } from "./rule-set.ts";
import { integerIn } from "./answers.ts";

/** What is to become of a version's tags; what is undefined stays. */
export interface TagRequest {
  readonly add: readonly TaggedEntity[];
  readonly remove: readonly TaggedEntity[];
  readonly newVersion: number | undefined;
  readonly metadata: SchemaMetadata | undefined;
  readonly ruleSet: RuleSet | undefined;
}

const MAX_ENTITIES = 1_000;

/** @throws RegistryError `REGISTRY_BAD_REQUEST` */
export function tagRequest(body: JsonObject): TagRequest {
  const newVersion = integerIn(body, "newVersion");
  return {
    add: entitiesIn(body.get("tagsToAdd"), "tagsToAdd"),
    remove: entitiesIn(body.get("tagsToRemove"), "tagsToRemove"),
    newVersion: newVersion === undefined || newVersion < 1 ? undefined : newVersion,
    metadata: readMetadata(body.get("metadata")),
    ruleSet: ruleSetIn(body, "ruleSet"),
  };
}

function entitiesIn(value: JsonValue | undefined, name: string): readonly TaggedEntity[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.length > MAX_ENTITIES)
    throw new RegistryError("REGISTRY_BAD_REQUEST", `"${name}" is a list of at most ${MAX_ENTITIES}.`);
  return (value as readonly JsonValue[]).map((each) => {
    const entity = isJsonObject(each) ? each.get("schemaEntity") : undefined;
    const tags = isJsonObject(each) ? each.get("tags") : undefined;
    const [entityType, entityPath] = isJsonObject(entity) ? [entity.get("entityType"), entity.get("entityPath")] : [];
    const isText = (tag: JsonValue): tag is string => typeof tag === "string" && tag !== "";
    if (
      (entityType !== "sr_record" && entityType !== "sr_field") ||
      typeof entityPath !== "string" ||
      !Array.isArray(tags) ||
      !tags.every(isText)
    ) {
      throw new RegistryError(
        "REGISTRY_BAD_REQUEST",
        `"${name}" has {"schemaEntity": {"entityType": "sr_record" or "sr_field", "entityPath"}, "tags": [...]} only.`,
      );
    }
    return { schemaEntity: { entityType, entityPath }, tags };
  });
}
