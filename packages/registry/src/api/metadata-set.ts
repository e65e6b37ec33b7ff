import { isJsonObject, type JsonObject } from "../json/json-value.ts";
import { RegistryError } from "../registry-error.ts";
import { readMetadata } from "../storage/topic-value.ts";
import type { SchemaMetadata } from "../subjects/registry-record.ts";

/** Tags, properties and names of sensitive ones together; whoever lists versions reads them all. */
const MAX_METADATA = 5_000;

/**
 * The metadata under a name of a body.
 * @throws RegistryError `REGISTRY_SCHEMA_TOO_LARGE`
 */
export function metadataIn(body: JsonObject, name: string): SchemaMetadata | undefined {
  const value = body.get(name);
  const parts = isJsonObject(value) ? [...value.values()] : [];
  const count = parts.reduce<number>((sum, part) => sum + (isJsonObject(part) ? part.size : Array.isArray(part) ? part.length : 0), 0);
  if (count > MAX_METADATA)
    throw new RegistryError("REGISTRY_SCHEMA_TOO_LARGE", `A schema's metadata may have ${MAX_METADATA} tags and properties.`);
  return readMetadata(value);
}
