import type { Consumer, OffsetAndMetadata, TopicPartition } from "@ottla/client";
import { StreamsError } from "../../streams-error.ts";
import type { OffsetReset } from "../../topology/parts.ts";
import { partitionKey } from "../partition-key.ts";
import type { TopologyPlan } from "../plan/topology-plan.ts";

type Committed = TopicPartition & { readonly committed: OffsetAndMetadata | undefined };

/**
 * Lets a consumer begin where the group has committed, and elsewhere as the topology says, which is `earliest` unless told. Throws `STREAMS_OFFSET_LOST` where records between what was committed and the beginning
 * of the topic were deleted, unless the source says where to begin then.
 */
export async function setPositions(consumer: Consumer, plan: TopologyPlan, committed: readonly Committed[], nowMs: number): Promise<void> {
  const known = committed.filter((each) => each.committed !== undefined);
  const starts = known.length === 0 ? [] : await consumer.beginningOffsets(known);
  const startOf = new Map(starts.map(({ topic, partition, offset }) => [partitionKey(topic, partition), offset]));
  for (const { topic, partition, committed: found } of committed) {
    const place = { topic, partition };
    const reset = plan.offsetResets.get(topic);
    const start = startOf.get(partitionKey(topic, partition)) ?? 0;
    if (found === undefined) await resetTo(consumer, place, reset ?? "earliest", plan.applicationId, nowMs);
    else if (found.offset >= start) consumer.seek(place, found.offset, found.leaderEpoch);
    // What is purged behind a commit of a topic of its own was processed by then.
    else if (plan.repartitionTopics.has(topic)) consumer.seek(place, start);
    else if (reset === undefined || reset === "none") {
      throw new StreamsError(
        "STREAMS_OFFSET_LOST",
        `Application ${plan.applicationId} has committed offset ${found.offset} of ${topic}-${partition}, and the topic begins at ${start}: what was between them was deleted before it was read. ` +
          "Set the group's offset, or give the source an offsetReset to go on by itself.",
        { place: { topic, partition, offset: found.offset } },
      );
    } else await resetTo(consumer, place, reset, plan.applicationId, nowMs);
  }
}

async function resetTo(consumer: Consumer, place: TopicPartition, reset: OffsetReset, applicationId: string, nowMs: number): Promise<void> {
  if (reset === "earliest") consumer.seekToBeginning([place]);
  else if (reset === "latest") consumer.seekToEnd([place]);
  else if (reset === "none") {
    throw new StreamsError(
      "STREAMS_OFFSET_LOST",
      `Application ${applicationId} has committed nothing of ${place.topic}-${place.partition}, and its source's offsetReset is none: commit an offset for its group, or choose another.`,
      { place },
    );
  } else {
    const [found] = await consumer.offsetsForTimes([{ ...place, timestamp: Math.max(0, nowMs - reset.byDurationMs) }]);
    if (found?.offset === undefined) consumer.seekToEnd([place]);
    else consumer.seek(place, found.offset);
  }
}
