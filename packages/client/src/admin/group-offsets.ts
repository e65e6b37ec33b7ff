import { ErrorCode } from "@ottla/protocol";
import {
  makeOffsetDeleteRequest,
  makeOffsetDeleteRequestPartition,
  makeOffsetDeleteRequestTopic,
  offsetDeleteApi,
} from "@ottla/protocol/apis/offset-delete";
import { commitOffsets, fetchCommitted, type OffsetToCommit } from "../offsets/committed-offsets.ts";
import { groupByTopic, partitionKey, type TopicPartition } from "../topic-partition.ts";
import type { AdminContext } from "./admin-context.ts";
import { askGroup } from "./group-coordinator.ts";
import type { CallOptions } from "../options/call-options.ts";
import type { CommittedOffset, Named, Partitioned } from "./admin-types.ts";
import { perName } from "./per-name.ts";
import type { Outcome } from "../outcome.ts";
import { outcomeOf, throwIfRefused } from "../outcome.ts";

export async function listGroupOffsets(
  { cluster, lane }: AdminContext,
  groupId: string,
  partitions: readonly TopicPartition[] | undefined,
  options: CallOptions = {},
): Promise<readonly Partitioned<CommittedOffset | undefined>[]> {
  const results = await fetchCommitted(cluster, lane, groupId, partitions, cluster.limit(options));
  if (partitions !== undefined) return inOrder(partitions, results);
  return results.sort((a, b) => (a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1));
}

export function listOffsetsOfGroups(
  context: AdminContext,
  groupIds: readonly string[],
  options: CallOptions = {},
): Promise<readonly Named<readonly Partitioned<CommittedOffset | undefined>[]>[]> {
  return perName(groupIds, (groupId) => listGroupOffsets(context, groupId, undefined, options));
}

export async function alterGroupOffsets(
  { cluster, lane }: AdminContext,
  groupId: string,
  offsets: readonly OffsetToCommit[],
  options: CallOptions = {},
): Promise<readonly Partitioned<void>[]> {
  const committer = { groupId, generationId: -1, memberId: "", groupInstanceId: undefined };
  return inOrder(offsets, await commitOffsets(cluster, lane, committer, offsets, cluster.limit(options)));
}

export async function deleteGroupOffsets(
  context: AdminContext,
  groupId: string,
  partitions: readonly TopicPartition[],
  options: CallOptions = {},
): Promise<readonly Partitioned<void>[]> {
  const topics = [...groupByTopic(partitions)].map(([name, entries]) =>
    makeOffsetDeleteRequestTopic({
      name,
      partitions: entries.map((e) => makeOffsetDeleteRequestPartition({ partitionIndex: e.partition })),
    }),
  );
  const results = await askGroup(
    context,
    groupId,
    offsetDeleteApi,
    makeOffsetDeleteRequest({ groupId, topics }),
    (response) => {
      throwIfRefused(response.errorCode);
      return response.topics.flatMap((topic) =>
        topic.partitions.map((p) => ({
          topic: topic.name,
          partition: p.partitionIndex,
          ...outcomeOf(p.errorCode, undefined, () => undefined),
        })),
      );
    },
    context.cluster.limit(options),
  );
  return inOrder(partitions, results);
}

function inOrder<Value>(asked: readonly TopicPartition[], results: readonly (TopicPartition & Outcome<Value>)[]): Partitioned<Value>[] {
  const byPartition = new Map(results.map((result) => [partitionKey(result.topic, result.partition), result]));
  return asked.map(
    ({ topic, partition }) =>
      byPartition.get(partitionKey(topic, partition)) ?? {
        topic,
        partition,
        ...outcomeOf<Value>(ErrorCode.UNKNOWN_SERVER_ERROR, "The broker left this partition out of its answer.", () => undefined as never),
      },
  );
}
