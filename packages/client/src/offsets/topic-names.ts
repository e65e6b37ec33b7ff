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

/** The names behind the ids of {@link topicIdsOf}, by id: answers tell of thousands. */
export function namesOfIds(ids: ReadonlyMap<string, string> | undefined): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const [name, id] of ids ?? []) names.set(id, name);
  return names;
}
