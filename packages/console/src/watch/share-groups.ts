import type { Admin, ShareGroupDescription } from "@ottla/client";

/** A partition as a share group reads it. What the broker does not tell is undefined. */
interface SharePlace {
  readonly topic: string;
  readonly partition: number;
  /** Where the group begins to read; undefined: it has not begun. */
  readonly startOffset: number | undefined;
  readonly lag: number | undefined;
  /** Members that it is assigned to: more than one may be. */
  readonly memberIds: readonly string[];
}

/** A share group at a look. */
export interface ShareLook {
  readonly description: ShareGroupDescription;
  readonly places: readonly SharePlace[];
  /** Of those that the broker tells. */
  readonly lag: number | undefined;
}

interface CallOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Members, and by the calls of KIP-932 (keys 77 and 90) where the group reads. Undefined: it is gone. Errors: those of its coordinator. */
export async function lookAtShareGroup(admin: Admin, groupId: string, call: CallOptions): Promise<ShareLook | undefined> {
  const [[described], positions] = await Promise.all([
    admin.describeShareGroups([groupId], call),
    // A broker that does not know the call has members to show all the same.
    admin.listShareGroupOffsets(groupId, undefined, call).catch(() => []),
  ]);
  if (described?.error?.code === "GROUP_ID_NOT_FOUND") return undefined;
  if (described?.error) throw described.error;
  if (described === undefined) return undefined;
  const description = described.value;
  const places = new Map<string, { topic: string; partition: number; memberIds: string[] }>();
  const placeOf = (topic: string, partition: number) => {
    const name = `${topic}:${partition}`;
    let place = places.get(name);
    if (place === undefined) places.set(name, (place = { topic, partition, memberIds: [] }));
    return place;
  };
  for (const { memberId, assignment } of description.members)
    for (const { topic, partition } of assignment) placeOf(topic, partition).memberIds.push(memberId);
  for (const { topic, partition } of positions) placeOf(topic, partition);
  const known = new Map(positions.map(({ topic, partition, value }) => [`${topic}:${partition}`, value]));
  let lag: number | undefined;
  const views = [...places.values()].map((place) => {
    const position = known.get(`${place.topic}:${place.partition}`);
    if (position?.lag !== undefined) lag = (lag ?? 0) + position.lag;
    return { ...place, startOffset: position?.startOffset, lag: position?.lag };
  });
  return { description, places: views, lag };
}
