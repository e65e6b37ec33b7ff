import type { ConsumerBatch, TopicPartitionOffset } from "../../consumer/consumer-types.ts";
import type { OffsetToCommit } from "../../offsets/committed-offsets.ts";
import {
  checkInteger,
  checkList,
  checkName,
  checkObject,
  checkOffset,
  checkOptional,
  checkText,
  checkTopicPartition,
  INT32_MAX,
} from "../../options/argument-checks.ts";
import { ClientError } from "../../client-error.ts";
import { partitionKey } from "../../topic-partition.ts";
import type { OffsetsToSend } from "./transaction-request.ts";

const NO_MEMBER = { generationId: -1, memberId: "", groupInstanceId: undefined } as const;

/** The arguments of `sendOffsets`, checked. Throws `ClientError` INVALID_ARGUMENT. */
export function readOffsetsToSend(offsets: unknown, group: unknown): OffsetsToSend {
  if (group === undefined)
    throw new ClientError(
      "INVALID_ARGUMENT",
      "sendOffsets: group is undefined; give it consumer.groupMetadata() of a consumer that has subscribed, or { groupId }.",
      { subject: "group" },
    );
  const { groupId, generationId, memberId, groupInstanceId } = checkObject("sendOffsets: group", group);
  checkName("sendOffsets: group.groupId", groupId);
  checkOptional("sendOffsets: group.generationId", generationId, (subject, value) => checkInteger(subject, value, -1, INT32_MAX));
  checkOptional("sendOffsets: group.memberId", memberId, checkText);
  checkOptional("sendOffsets: group.groupInstanceId", groupInstanceId, checkName);
  // As in Java, where they come as a map: the last one of a partition counts.
  const byPartition = new Map<string, OffsetToCommit>();
  for (const each of checkList("sendOffsets: offsets", offsets, readOffset))
    byPartition.set(partitionKey(each.topic, each.partition), each);
  return {
    groupId: groupId as string,
    generationId: (generationId as number | undefined) ?? NO_MEMBER.generationId,
    memberId: (memberId as string | undefined) ?? NO_MEMBER.memberId,
    groupInstanceId: groupInstanceId as string | undefined,
    offsets: [...byPartition.values()],
  };
}

function readOffset(subject: string, value: unknown): OffsetToCommit {
  checkTopicPartition(subject, value);
  const { topic, partition } = value as TopicPartitionOffset;
  if ("nextOffset" in (value as object)) {
    const { nextOffset } = value as ConsumerBatch;
    checkOffset(`${subject}.nextOffset`, nextOffset);
    return { topic, partition, offset: nextOffset };
  }
  const { offset, metadata, leaderEpoch } = value as TopicPartitionOffset;
  checkOffset(`${subject}.offset`, offset);
  checkOptional(`${subject}.metadata`, metadata, checkText);
  checkOptional(`${subject}.leaderEpoch`, leaderEpoch, (each, epoch) => checkInteger(each, epoch, -1, INT32_MAX));
  return { topic, partition, offset, metadata, leaderEpoch };
}
