import {
  alterPartitionReassignmentsApi,
  makeAlterPartitionReassignmentsRequest,
  makeReassignablePartition,
  makeReassignableTopic,
} from "@ottla/protocol/apis/alter-partition-reassignments";
import {
  listPartitionReassignmentsApi,
  makeListPartitionReassignmentsRequest,
  makeListPartitionReassignmentsTopics,
} from "@ottla/protocol/apis/list-partition-reassignments";
import { ErrorCode } from "@ottla/protocol";
import { outcomeOf, throwIfRefused } from "../outcome.ts";
import type { CallOptions } from "../options/call-options.ts";
import { groupByTopic, partitionKey, type TopicPartition } from "../topic-partition.ts";
import { type AdminContext, askController, serverTimeoutMs } from "./admin-context.ts";
import type { Partitioned } from "./admin-types.ts";
import type { OngoingReassignment, PartitionReassignment, ReassignmentOptions } from "./partition-types.ts";

const FACTOR_CHANGE_VERSION = 1;

export async function alterPartitionReassignments(
  context: AdminContext,
  changes: readonly PartitionReassignment[],
  { allowReplicationFactorChange = true, ...options }: ReassignmentOptions = {},
): Promise<readonly Partitioned<void>[]> {
  const topics = [...groupByTopic(changes)].map(([name, entries]) =>
    makeReassignableTopic({
      name,
      partitions: entries.map(({ partition, replicas }) => makeReassignablePartition({ partitionIndex: partition, replicas })),
    }),
  );
  const timeoutMs = serverTimeoutMs(context, options);
  const answered = await askController(
    context,
    alterPartitionReassignmentsApi,
    () => makeAlterPartitionReassignmentsRequest({ topics, timeoutMs, allowReplicationFactorChange }),
    (response) => {
      throwIfRefused(response.errorCode, response.errorMessage);
      return response.responses;
    },
    { ...options, min: allowReplicationFactorChange ? undefined : FACTOR_CHANGE_VERSION },
  );
  const results = new Map(
    answered.flatMap(({ name, partitions }) => partitions.map((each) => [partitionKey(name, each.partitionIndex), each])),
  );
  return changes.map(({ topic, partition }) => {
    const result = results.get(partitionKey(topic, partition));
    const outcome = outcomeOf(result?.errorCode ?? ErrorCode.UNKNOWN_SERVER_ERROR, result?.errorMessage, () => undefined);
    return { topic, partition, ...outcome };
  });
}

export function listPartitionReassignments(
  context: AdminContext,
  partitions: readonly TopicPartition[] | undefined,
  options: CallOptions = {},
): Promise<readonly OngoingReassignment[]> {
  const topics =
    partitions === undefined
      ? null
      : [...groupByTopic(partitions)].map(([name, entries]) =>
          makeListPartitionReassignmentsTopics({ name, partitionIndexes: entries.map(({ partition }) => partition) }),
        );
  const request = makeListPartitionReassignmentsRequest({ topics, timeoutMs: serverTimeoutMs(context, options) });
  return askController(
    context,
    listPartitionReassignmentsApi,
    () => request,
    (response) => {
      throwIfRefused(response.errorCode, response.errorMessage);
      return response.topics.flatMap(({ name, partitions: ongoing }) =>
        ongoing.map(({ partitionIndex, replicas, addingReplicas, removingReplicas }) => ({
          topic: name,
          partition: partitionIndex,
          replicas,
          addingReplicas,
          removingReplicas,
        })),
      );
    },
    options,
  );
}
