import type { Client } from "@ottla/client";
import { partitionsOf } from "./dead-letter-partitions.ts";
import { storyOf } from "./letter-story.ts";
import { readToEnd } from "./read-to-end.ts";
import { replayedUpTo } from "./replay-group.ts";

/** Records of one dead-letter topic that came from one topic and group and failed alike. */
export interface DeadLetterCause {
  readonly topic: string;
  /** Undefined: records without a story, which somebody else put there. */
  readonly origin: string | undefined;
  readonly group: string | undefined;
  readonly error: string | undefined;
  readonly count: number;
  /** Not redriven yet. */
  readonly waiting: number;
  /** Milliseconds since 1970. */
  readonly firstFailedAt: number | undefined;
  readonly lastFailedAt: number | undefined;
  /** Of the last one, cut. */
  readonly lastMessage: string | undefined;
}

type Counted = { -readonly [Key in keyof DeadLetterCause]: DeadLetterCause[Key] };

/** More causes than this are counted together. */
const CAUSES_MAX = 1000;
const MESSAGE_CHARACTERS_MAX = 500;

/** Which of these topics hold dead letters: one of their partitions ends with a record that has a story, and that is in no retry topic. */
export async function findDeadLetterTopics(client: Client, topics: readonly string[], signal: AbortSignal): Promise<string[]> {
  const partitions = await partitionsOf(client.admin(), topics);
  if (partitions.length === 0) return [];
  const consumer = client.consumer();
  try {
    consumer.assign(partitions);
    const ends = await consumer.endOffsets(partitions, { signal });
    for (const { topic, partition, offset } of ends) consumer.seek({ topic, partition }, Math.max(0, offset - 1));
    const found = new Set<string>();
    for await (const records of readToEnd(consumer, partitions, signal)) {
      const failure = storyOf(records.at(-1)!);
      if (failure !== undefined && failure.dueAt === undefined) found.add(records[0]!.topic);
    }
    return [...found].sort();
  } finally {
    await consumer.close();
  }
}

/** Why the records of a dead-letter topic are there, the most frequent cause first. At most `recordsMax` of them are read, the oldest first; `isCut`: there are more. */
export async function deadLetterCauses(
  client: Client,
  topic: string,
  signal: AbortSignal,
  recordsMax = Number.POSITIVE_INFINITY,
): Promise<{ readonly causes: readonly DeadLetterCause[]; readonly isCut: boolean }> {
  const partitions = await partitionsOf(client.admin(), [topic]);
  const replayed = await replayedUpTo(client, topic, partitions);
  const replayedOf = new Map(partitions.map(({ partition }, i) => [partition, replayed[i] ?? 0]));
  const consumer = client.consumer({ isolationLevel: "read_committed" });
  const causes = new Map<string, Counted>();
  let read = 0;
  try {
    consumer.assign(partitions);
    consumer.seekToBeginning();
    for await (const records of readToEnd(consumer, partitions, signal)) {
      for (const record of records) {
        const failure = storyOf(record);
        const cause = causeOf(causes, topic, failure);
        cause.count++;
        if (record.offset >= (replayedOf.get(record.partition) ?? 0)) cause.waiting++;
        if (failure === undefined) continue;
        cause.lastMessage = failure.errorMessage.slice(0, MESSAGE_CHARACTERS_MAX);
        cause.firstFailedAt = Math.min(cause.firstFailedAt ?? Infinity, failure.firstFailedAt);
        cause.lastFailedAt = Math.max(cause.lastFailedAt ?? -Infinity, failure.lastFailedAt);
      }
      read += records.length;
      if (read >= recordsMax) break;
    }
  } finally {
    await consumer.close();
  }
  return { causes: [...causes.values()].sort((a, b) => b.count - a.count), isCut: read >= recordsMax };
}

function causeOf(causes: Map<string, Counted>, topic: string, failure: ReturnType<typeof storyOf>): Counted {
  const key = JSON.stringify([failure?.origin.topic, failure?.groupId, failure?.errorName]);
  const known = causes.get(key) ?? (causes.size >= CAUSES_MAX ? causes.get("more") : undefined);
  if (known !== undefined) return known;
  const isMore = causes.size >= CAUSES_MAX;
  const own = isMore ? undefined : failure;
  const cause: Counted = {
    topic,
    origin: own?.origin.topic,
    group: own?.groupId,
    error: own?.errorName,
    count: 0,
    waiting: 0,
    firstFailedAt: undefined,
    lastFailedAt: undefined,
    lastMessage: undefined,
  };
  causes.set(isMore ? "more" : key, cause);
  return cause;
}
