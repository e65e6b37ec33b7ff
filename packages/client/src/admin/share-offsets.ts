import { ErrorCode } from "@ottla/protocol";
import {
  alterShareGroupOffsetsApi,
  makeAlterShareGroupOffsetsRequest,
  makeAlterShareGroupOffsetsRequestPartition,
  makeAlterShareGroupOffsetsRequestTopic,
} from "@ottla/protocol/apis/alter-share-group-offsets";
import {
  deleteShareGroupOffsetsApi,
  makeDeleteShareGroupOffsetsRequest,
  makeDeleteShareGroupOffsetsRequestTopic,
} from "@ottla/protocol/apis/delete-share-group-offsets";
import {
  describeShareGroupOffsetsApi,
  makeDescribeShareGroupOffsetsRequest,
  makeDescribeShareGroupOffsetsRequestGroup,
  makeDescribeShareGroupOffsetsRequestTopic,
} from "@ottla/protocol/apis/describe-share-group-offsets";
import { outcomeOf, throwIfRefused } from "../outcome.ts";
import type { CallOptions } from "../options/call-options.ts";
import { groupByTopic, partitionKey, type TopicPartition } from "../topic-partition.ts";
import type { AdminContext } from "./admin-context.ts";
import { askGroup } from "./group-coordinator.ts";
import type { Named, Partitioned } from "./admin-types.ts";
import type { SharePosition } from "./group-types.ts";

export function listShareGroupOffsets(
  context: AdminContext,
  groupId: string,
  partitions: readonly TopicPartition[] | undefined,
  options: CallOptions = {},
): Promise<readonly Partitioned<SharePosition>[]> {
  const topics =
    partitions === undefined
      ? null
      : [...groupByTopic(partitions)].map(([topicName, entries]) =>
          makeDescribeShareGroupOffsetsRequestTopic({ topicName, partitions: entries.map(({ partition }) => partition) }),
        );
  const request = makeDescribeShareGroupOffsetsRequest({ groups: [makeDescribeShareGroupOffsetsRequestGroup({ groupId, topics })] });
  return askGroup(
    context,
    groupId,
    describeShareGroupOffsetsApi,
    request,
    ({ groups: [group] }) => {
      throwIfRefused(group?.errorCode ?? ErrorCode.UNKNOWN_SERVER_ERROR, group?.errorMessage);
      return group!.topics.flatMap(({ topicName, partitions: listed }) =>
        listed.map(({ partitionIndex, startOffset, leaderEpoch, lag, errorCode, errorMessage }) => ({
          topic: topicName,
          partition: partitionIndex,
          ...outcomeOf(errorCode, errorMessage, () => ({
            startOffset: knownOf(startOffset),
            leaderEpoch: knownOf(leaderEpoch),
            lag: knownOf(lag),
          })),
        })),
      );
    },
    context.cluster.limit(options),
  );
}

export function alterShareGroupOffsets(
  context: AdminContext,
  groupId: string,
  offsets: readonly (TopicPartition & { readonly offset: number })[],
  options: CallOptions = {},
): Promise<readonly Partitioned<void>[]> {
  const topics = [...groupByTopic(offsets)].map(([topicName, entries]) =>
    makeAlterShareGroupOffsetsRequestTopic({
      topicName,
      partitions: entries.map(({ partition, offset }) =>
        makeAlterShareGroupOffsetsRequestPartition({ partitionIndex: partition, startOffset: offset }),
      ),
    }),
  );
  return askGroup(
    context,
    groupId,
    alterShareGroupOffsetsApi,
    makeAlterShareGroupOffsetsRequest({ groupId, topics }),
    (response) => {
      throwIfRefused(response.errorCode, response.errorMessage);
      const results = new Map(
        response.responses.flatMap(({ topicName, partitions }) =>
          partitions.map((each) => [partitionKey(topicName, each.partitionIndex), each]),
        ),
      );
      return offsets.map(({ topic, partition }) => {
        const result = results.get(partitionKey(topic, partition));
        const outcome = outcomeOf(result?.errorCode ?? ErrorCode.UNKNOWN_SERVER_ERROR, result?.errorMessage, () => undefined);
        return { topic, partition, ...outcome };
      });
    },
    context.cluster.limit(options),
  );
}

export function deleteShareGroupOffsets(
  context: AdminContext,
  groupId: string,
  topics: readonly string[],
  options: CallOptions = {},
): Promise<readonly Named<void>[]> {
  const request = makeDeleteShareGroupOffsetsRequest({
    groupId,
    topics: topics.map((topicName) => makeDeleteShareGroupOffsetsRequestTopic({ topicName })),
  });
  return askGroup(
    context,
    groupId,
    deleteShareGroupOffsetsApi,
    request,
    (response) => {
      throwIfRefused(response.errorCode, response.errorMessage);
      return response.responses.map(({ topicName, errorCode, errorMessage }) => ({
        name: topicName,
        ...outcomeOf(errorCode, errorMessage, () => undefined),
      }));
    },
    context.cluster.limit(options),
  );
}

function knownOf(value: number): number | undefined {
  return value < 0 ? undefined : value;
}
