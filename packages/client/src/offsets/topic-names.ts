import { NIL_UUID } from "@ottla/protocol";
import type { MetadataSnapshot } from "../cluster/metadata-snapshot.ts";

/** The id of each topic; undefined when some topic's is not known, so that a version with names must be used. */
export function topicIdsOf(snapshot: MetadataSnapshot, names: Iterable<string>): ReadonlyMap<string, string> | undefined {
  const ids = new Map<string, string>();
  for (const name of names) {
    const id = snapshot.topics.get(name)?.topicId;
    if (id === undefined || id === NIL_UUID) return undefined;
    ids.set(name, id);
  }
  return ids;
}

/** Finds the name behind an id of {@link topicIdsOf}. */
export function nameOfId(ids: ReadonlyMap<string, string> | undefined, id: string): string | undefined {
  if (ids === undefined) return undefined;
  for (const [name, each] of ids) if (each === id) return name;
  return undefined;
}
