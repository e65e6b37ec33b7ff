import type { BsonDocument } from "../bson-value.ts";
import type { MongodbSinkSettings } from "../mongodb-config.ts";

/** Which fields of a document are taken or left out. */
export interface Projection {
  readonly kind: "none" | "allowlist" | "blocklist";
  /** Each a field, or the names that lead to one. */
  readonly paths: readonly (readonly string[])[];
}

type ProjectionName = "value.projection" | "document.id.strategy.partial.key.projection" | "document.id.strategy.partial.value.projection";

export function projection(name: ProjectionName, settings: MongodbSinkSettings): Projection {
  return { kind: settings[`${name}.type`], paths: settings[`${name}.list`].map((path) => path.trim().split(".")) };
}

/** The document as the projection has it; the one that is given is not changed. What stands in lists is taken or left out as a whole. */
export function projected(document: BsonDocument, { kind, paths }: Projection): BsonDocument {
  if (kind === "none") return document;
  return kind === "allowlist" ? allowed(document, paths) : without(document, paths);
}

function allowed(document: BsonDocument, paths: Projection["paths"]): BsonDocument {
  const kept: BsonDocument = new Map();
  for (const [name, value] of document) {
    const rests = restsBehind(name, paths);
    if (rests.some((rest) => rest.length === 0)) kept.set(name, value);
    else if (rests.length > 0 && value instanceof Map) kept.set(name, allowed(value, rests));
  }
  return kept;
}

function without(document: BsonDocument, paths: Projection["paths"]): BsonDocument {
  const kept: BsonDocument = new Map();
  for (const [name, value] of document) {
    const rests = restsBehind(name, paths);
    if (rests.some((rest) => rest.length === 0)) continue;
    kept.set(name, rests.length > 0 && value instanceof Map ? without(value, rests) : value);
  }
  return kept;
}

function restsBehind(name: string, paths: Projection["paths"]): (readonly string[])[] {
  return paths.flatMap(([first, ...rest]) => (first === name ? [rest] : []));
}
