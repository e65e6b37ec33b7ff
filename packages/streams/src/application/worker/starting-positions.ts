import type { CallOptions, Consumer, OffsetAndMetadata, TopicPartition } from "@ottla/client";
import { StreamsError } from "../../streams-error.ts";
import type { OffsetReset } from "../../topology/parts.ts";
import { partitionKey } from "../partition-key.ts";
import type { TopologyPlan } from "../plan/topology-plan.ts";

type Committed = TopicPartition & { readonly committed: OffsetAndMetadata | undefined };

/**
 * Gives what lets a consumer begin where the group has committed, and elsewhere as the topology says, which is `earliest` unless told. Throws `STREAMS_OFFSET_LOST` where records between what was committed and the beginning
 * of the topic were deleted, unless the source says where to begin then; and where the topic ends before what was committed, which may pass (`retriable`).
 */
export async function startingPositions(
  consumer: Consumer,
  plan: TopologyPlan,
  committed: readonly Committed[],
  nowMs: number,
  options: CallOptions = {},
): Promise<() => void> {
  const seeks: (() => void)[] = [];
  /** All at once: there may be thousands. */
  const beginnings: TopicPartition[] = [];
  const known = committed.filter((each) => each.committed !== undefined);
  const [starts, ends] =
    known.length === 0 ? [[], []] : await Promise.all([consumer.beginningOffsets(known, options), consumer.endOffsets(known, options)]);
  const startOf = new Map(starts.map(({ topic, partition, offset }) => [partitionKey(topic, partition), offset]));
  const endOf = new Map(ends.map(({ topic, partition, offset }) => [partitionKey(topic, partition), offset]));
  for (const { topic, partition, committed: found } of committed) {
    const place = { topic, partition };
    const reset = plan.offsetResets.get(topic);
    const start = startOf.get(partitionKey(topic, partition)) ?? 0;
    const end = endOf.get(partitionKey(topic, partition)) ?? Infinity;
    if (found !== undefined && found.offset > end) throw new AheadOfTopic(plan.applicationId, place, found.offset, end);
    if (found === undefined && (reset ?? "earliest") === "earliest") beginnings.push(place);
    else if (found === undefined) seeks.push(await resetOf(consumer, place, reset!, plan.applicationId, nowMs, options));
    else if (found.offset >= start) seeks.push(() => consumer.seek(place, found.offset, found.leaderEpoch));
    // What is purged behind a commit of a topic of its own was processed by then.
    else if (plan.repartitionTopics.has(topic)) seeks.push(() => consumer.seek(place, start));
    else if (reset === undefined || reset === "none") {
      throw new StreamsError(
        "STREAMS_OFFSET_LOST",
        `Application ${plan.applicationId} has committed offset ${found.offset} of ${topic}-${partition}, and the topic begins at ${start}: what was between them was deleted before it was read. ` +
          "Set the group's offset, or give the source an offsetReset to go on by itself.",
        { place: { topic, partition, offset: found.offset } },
      );
    } else seeks.push(await resetOf(consumer, place, reset, plan.applicationId, nowMs, options));
  }
  return () => {
    if (beginnings.length > 0) consumer.seekToBeginning(beginnings);
    for (const seek of seeks) seek();
  };
}

/**
 * A topic that ends before what was committed is another one than that, or has lost its end. A leader that has just begun may tell so for a moment, and to begin anew would do everything again: it is waited for as long as a task may
 * take (`taskTimeoutMs`).
 */
class AheadOfTopic extends StreamsError {
  readonly retriable = true;

  constructor(applicationId: string, place: TopicPartition, committed: number, end: number) {
    super(
      "STREAMS_OFFSET_LOST",
      `Application ${applicationId} has committed offset ${committed} of ${place.topic}-${place.partition}, and the topic ends at ${end}: it was deleted and made again, or has lost what was written last. ` +
        "Set the group's offset, as with ottla streams reset.",
      { place: { ...place, offset: committed } },
    );
  }
}

async function resetOf(
  consumer: Consumer,
  place: TopicPartition,
  reset: OffsetReset,
  applicationId: string,
  nowMs: number,
  options: CallOptions,
): Promise<() => void> {
  if (reset === "earliest") return () => consumer.seekToBeginning([place]);
  if (reset === "latest") return () => consumer.seekToEnd([place]);
  if (reset === "none") {
    throw new StreamsError(
      "STREAMS_OFFSET_LOST",
      `Application ${applicationId} has committed nothing of ${place.topic}-${place.partition}, and its source's offsetReset is none: commit an offset for its group, or choose another.`,
      { place },
    );
  }
  const [found] = await consumer.offsetsForTimes([{ ...place, timestamp: Math.max(0, nowMs - reset.byDurationMs) }], options);
  const offset = found?.offset;
  return offset === undefined ? () => consumer.seekToEnd([place]) : () => consumer.seek(place, offset);
}
