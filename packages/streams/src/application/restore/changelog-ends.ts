import type { Admin, CallOptions, TopicPartition } from "@ottla/client";
import { NIL_UUID } from "@ottla/protocol";
import { partitionKey } from "../partition-key.ts";
import type { ChangelogPosition } from "../state/task-stores.ts";

/** What a changelog has: from its first offset to behind its last record, whose transaction may still be open. */
export interface ChangelogEnds {
  readonly start: number;
  readonly end: number;
  /** Another one when the topic was deleted and made again; undefined of brokers before Kafka 2.8. */
  readonly topicId: string | undefined;
}

/** By {@link partitionKey}. Rejects with the client's errors. */
export async function changelogEnds(
  admin: Admin,
  places: readonly TopicPartition[],
  { timeoutMs }: CallOptions = {},
): Promise<Map<string, ChangelogEnds>> {
  if (places.length === 0) return new Map();
  const offsets = async (spec: "earliest" | "latest") => {
    // Records whose transaction is open count.
    const listed = await admin.listOffsets(
      places.map(({ topic, partition }) => ({ topic, partition, spec })),
      { isolationLevel: "read_uncommitted", timeoutMs },
    );
    return new Map(
      listed.map(({ topic, partition, error, value }) => {
        if (error !== undefined) throw error;
        return [partitionKey(topic, partition), value.offset ?? 0];
      }),
    );
  };
  const topics = [...new Set(places.map(({ topic }) => topic))];
  const [starts, ends, described] = await Promise.all([
    offsets("earliest"),
    offsets("latest"),
    admin.describeTopics(topics, timeoutMs === undefined ? {} : { timeoutMs }),
  ]);
  const idOf = new Map(described.map(({ name, value }) => [name, value?.topicId === NIL_UUID ? undefined : value?.topicId]));
  return new Map(
    places.map(({ topic, partition }) => {
      const key = partitionKey(topic, partition);
      return [key, { start: starts.get(key) ?? 0, end: ends.get(key) ?? 0, topicId: idOf.get(topic) }];
    }),
  );
}

/** Why what a store has of a changelog up to `position` is no base for the rest of it; undefined: it is one. `topicId`: of the topic that it was made from, as far as that is known. */
export function whyNoBase(
  { topic, partition, position, isSource, topicId }: Pick<ChangelogPosition, "topic" | "partition" | "position" | "isSource" | "topicId">,
  { start, end, topicId: presentId }: ChangelogEnds,
): string | undefined {
  if (position === undefined) return undefined;
  const place = `has ${topic}-${partition} up to offset ${position}`;
  if (topicId !== undefined && presentId !== undefined && topicId !== presentId)
    return `${place} of a topic that was deleted and made again: it is another topic than the one it was made from (its id was ${topicId} and is ${presentId})`;
  if (position < start) return `${place}, and the topic begins at ${start}: what was between them is gone`;
  if (position > end && !isSource) return `${place}, and the topic ends at ${end}: it is another topic than the one it was made from`;
  return undefined;
}
