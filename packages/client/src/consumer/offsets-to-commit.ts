import { ClientError } from "../client-error.ts";
import type { TopicPartition } from "../topic-partition.ts";
import type { AssignedPartitions } from "./assigned-partitions.ts";
import type { ToCommit } from "./check-consumer-arguments.ts";
import type { ConsumerRecord, TopicPartitionOffset } from "./consumer-types.ts";

/** What a commit of something is to write; the application is done with it, so it counts as consumed. */
export function offsetsToCommit(partitions: AssignedPartitions, what: ToCommit): readonly TopicPartitionOffset[] {
  const offsets =
    "offset" in what ? [placeAfter(partitions, what)] : "nextOffset" in what ? [{ ...placeOf(what), offset: what.nextOffset }] : what;
  for (const { topic, partition, offset, leaderEpoch } of offsets) partitions.find(topic, partition)?.settleUpTo(offset, leaderEpoch ?? -1);
  return offsets;
}

/** Inside a run the handlers end in any order: "this record and all before it" is not for one of them to say. */
export function refuseInsideRun(what: ToCommit): void {
  if (!Array.isArray(what))
    throw new ClientError(
      "INVALID_ARGUMENT",
      "commit of a record or batch has no sense inside run, which commits by itself; give offsets, or nothing for all that is done.",
    );
}

function placeAfter(partitions: AssignedPartitions, record: ConsumerRecord): TopicPartitionOffset {
  const { topic, partition, offset, leaderEpoch } = record;
  return { topic, partition, offset: partitions.find(topic, partition)?.placeAfter(offset) ?? offset + 1, leaderEpoch };
}

function placeOf({ topic, partition }: TopicPartition): TopicPartition {
  return { topic, partition };
}
