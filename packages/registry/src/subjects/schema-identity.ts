import { hash } from "node:crypto";
import { printJson } from "../json/json-value.ts";
import type { SchemaVersion } from "./registry-record.ts";

/** What makes a schema the same schema, in whichever subject: text, references, metadata and rules. */
export type SchemaContent = Pick<SchemaVersion, "schemaType" | "schema" | "references" | "metadata" | "ruleSet">;

/** A version's content is asked for at each look-up in its subject and never changes. */
const known = new WeakMap<SchemaContent, string>();

/** The same for the same content, another for any other. 128 bits as a UUID, which is also the schema's global id. */
export function schemaIdentity(content: SchemaContent): string {
  const before = known.get(content);
  if (before !== undefined) return before;
  const identity = identityOf(content);
  known.set(content, identity);
  return identity;
}

const knownBare = new WeakMap<SchemaContent, string>();

/** The identity that a schema would have without metadata and rules. */
export function bareIdentity(content: SchemaContent): string {
  if (content.metadata === undefined && content.ruleSet === undefined) return schemaIdentity(content);
  const before = knownBare.get(content);
  if (before !== undefined) return before;
  const identity = identityOf({ ...content, metadata: undefined, ruleSet: undefined });
  knownBare.set(content, identity);
  return identity;
}

function identityOf({ schemaType, schema, references, metadata, ruleSet }: SchemaContent): string {
  const parts = [
    schemaType,
    schema,
    references.length === 0 ? "[]" : JSON.stringify(references.map(({ name, subject, version }) => [name, subject, version])),
    metadata === undefined
      ? ""
      : JSON.stringify([sorted(metadata.tags), sorted(metadata.properties), [...(metadata.sensitive ?? [])].sort()]),
    ruleSet === undefined ? "" : printJson(ruleSet, { sortKeys: true }),
  ];
  // Each part with its length before it, so that no part can reach into the next.
  const hex = hash("sha256", parts.map((part) => `${part.length}:${part}`).join(""));
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

function sorted<T>(record: Readonly<Record<string, T>> | undefined): readonly (readonly [string, T])[] {
  return Object.entries(record ?? {}).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
