import { ErrorCode, type KafkaError } from "@ottla/protocol";
import type { Admin as ClientAdmin } from "../admin/admin-types.ts";
import { groupByTopic } from "../topic-partition.ts";
import { partitionsOf } from "./admin-offsets.ts";
import type { OngoingTopicReassignment, PartitionReassignment, SeekEntry } from "./admin-types.ts";
import {
  KafkaJSAggregateError,
  KafkaJSAlterPartitionReassignmentsError,
  KafkaJSBrokerNotFound,
  KafkaJSDeleteTopicRecordsError,
  type KafkaJSError,
  KafkaJSNonRetriableError,
  KafkaJSOffsetOutOfRange,
} from "./errors.ts";
import type { TopicPartitions } from "./message-types.ts";
import { shown } from "../options/argument-checks.ts";
import { protocolError } from "./translate-error.ts";

/**
 * Deletes records before each offset; −1 is all of them. Throws `KafkaJSDeleteTopicRecordsError` with the partitions that failed, within a `KafkaJSNonRetriableError` when the
 * broker's answer will stay the same.
 */
export async function deleteTopicRecords(
  admin: ClientAdmin,
  { topic, partitions }: { topic: string; partitions: SeekEntry[] },
): Promise<void> {
  if (typeof topic !== "string" || topic === "") throw new KafkaJSNonRetriableError(`Invalid topic "${String(topic)}"`);
  if (!Array.isArray(partitions) || partitions.length === 0) throw new KafkaJSNonRetriableError("Invalid partitions");
  const there = new Set((await partitionsOf(admin, topic)).map(({ partition }) => partition));
  const missing = partitions.filter(({ partition }) => !there.has(partition));
  if (missing.length > 0) {
    const error = new KafkaJSBrokerNotFound(`${topic} has no such partition, so there is no leader to ask.`, { retriable: false });
    throw new KafkaJSDeleteTopicRecordsError({ partitions: missing.map((each) => ({ ...each, error })) });
  }
  const outcomes = await admin.deleteRecords(
    partitions.map(({ partition, offset }) => ({ topic, partition, beforeOffset: Number(offset) })),
  );
  const failed = outcomes.flatMap(({ partition, error }, i) =>
    error ? [{ partition, offset: partitions[i]!.offset, error: recordsError(error, topic, partition) }] : [],
  );
  if (failed.length === 0) return;
  const error = new KafkaJSDeleteTopicRecordsError({ partitions: failed });
  throw error.retriable ? error : new KafkaJSNonRetriableError(error);
}

function recordsError(error: KafkaError, topic: string, partition: number): KafkaJSError {
  if (error.errorCode !== ErrorCode.OFFSET_OUT_OF_RANGE) return protocolError(error);
  return new KafkaJSOffsetOutOfRange(protocolError(error), { topic, partition });
}

export async function alterPartitionReassignments(
  admin: ClientAdmin,
  { topics, timeout }: { topics: PartitionReassignment[]; timeout?: number },
): Promise<void> {
  checkTopicList(topics);
  for (const { topic, partitionAssignment } of topics) {
    if (!Array.isArray(partitionAssignment))
      throw new KafkaJSNonRetriableError(`Invalid partitions array: ${String(partitionAssignment)} for topic: ${topic}`);
    for (const { partition, replicas } of partitionAssignment) {
      if (!Number.isInteger(partition) || partition < 0)
        throw new KafkaJSNonRetriableError(`Invalid partitions index: ${partition} for topic: ${topic}`);
      if (!Array.isArray(replicas) || replicas.some((each) => !Number.isInteger(each) || each < 0))
        throw new KafkaJSNonRetriableError(
          `Invalid replica assignment: ${String(replicas)} for topic: ${topic} on partition: ${partition}`,
        );
    }
  }
  const changes = topics.flatMap(({ topic, partitionAssignment }) =>
    partitionAssignment.map(({ partition, replicas }) => ({ topic, partition, replicas: replicas.length === 0 ? null : replicas })),
  );
  const outcomes = await admin.alterPartitionReassignments(changes, timeout === undefined ? {} : { timeoutMs: timeout });
  const refused = outcomes.filter(({ error }) => error);
  if (refused.length === 0) return;
  throw new KafkaJSAggregateError(
    "Errors altering partition reassignments",
    refused.map(({ topic, partition, error }) => new KafkaJSAlterPartitionReassignmentsError(protocolError(error!), topic, partition)),
  );
}

export async function listPartitionReassignments(
  admin: ClientAdmin,
  { topics, timeout }: { topics?: TopicPartitions[]; timeout?: number } = {},
): Promise<{ topics: OngoingTopicReassignment[] }> {
  if (topics !== undefined && topics !== null) checkTopicList(topics);
  const wanted = topics?.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })));
  const listed = await admin.listPartitionReassignments(wanted, timeout === undefined ? {} : { timeoutMs: timeout });
  const ongoing = [...groupByTopic(listed)].map(([topic, entries]) => ({
    topic,
    partitions: entries.map(({ partition, replicas, addingReplicas, removingReplicas }) => ({
      partitionIndex: partition,
      replicas: [...replicas],
      addingReplicas: [...addingReplicas],
      removingReplicas: [...removingReplicas],
    })),
  }));
  return { topics: ongoing };
}

function checkTopicList(topics: readonly { readonly topic: string }[]): void {
  if (!Array.isArray(topics)) throw new KafkaJSNonRetriableError(`Invalid topics array ${shown(topics)}`);
  if (topics.some(({ topic }) => typeof topic !== "string" || topic === ""))
    throw new KafkaJSNonRetriableError("Invalid topics array, the topic names have to be a valid string");
  if (new Set(topics.map(({ topic }) => topic)).size < topics.length)
    throw new KafkaJSNonRetriableError("Invalid topics array, it cannot have multiple entries for the same topic");
}
