import { ErrorCode } from "@ottla/protocol";
import {
  makeOffsetDeleteRequest,
  makeOffsetDeleteRequestPartition,
  makeOffsetDeleteRequestTopic,
  offsetDeleteApi,
} from "@ottla/protocol/apis/offset-delete";
import type { CallLimit } from "../cluster/call-limit.ts";
import { commitOffsets, fetchCommitted, fetchCommittedOfGroups, type OffsetToCommit } from "../offsets/committed-offsets.ts";
import { groupByTopic, partitionKey, type TopicPartition } from "../topic-partition.ts";
import type { AdminContext } from "./admin-context.ts";
import { askGroup } from "./group-coordinator.ts";
import { groupsByCoordinator } from "./groups-by-coordinator.ts";
import type { CallOptions } from "../options/call-options.ts";
import type { CommittedOffset, Named, Partitioned } from "./admin-types.ts";
import type { Node } from "./node-types.ts";
import { perName } from "./per-name.ts";
import type { Outcome } from "../outcome.ts";
import { outcomeOf, throwIfRefused } from "../outcome.ts";

/** Of one request to one coordinator: a group may have a hundred thousand partitions. */
const GROUPS_PER_REQUEST = 25;

export async function listGroupOffsets(
  { cluster, lane }: AdminContext,
  groupId: string,
  partitions: readonly TopicPartition[] | undefined,
  options: CallOptions = {},
): Promise<readonly Partitioned<CommittedOffset | undefined>[]> {
  const results = await fetchCommitted(cluster, lane, groupId, partitions, cluster.limit(options));
  if (partitions !== undefined) return inOrder(partitions, results);
  return byPartition(results);
}

/** Of many groups each coordinator is asked for many at once, and alone for those that it does not tell of then. */
export async function listOffsetsOfGroups(
  context: AdminContext,
  groupIds: readonly string[],
  options: CallOptions = {},
): Promise<readonly Named<readonly Partitioned<CommittedOffset | undefined>[]>[]> {
  const told = groupIds.length > 1 ? await listTogether(context, groupIds, context.cluster.limit(options)) : undefined;
  return perName(groupIds, async (groupId) => told?.get(groupId) ?? listGroupOffsets(context, groupId, undefined, options));
}

/** What coordinators tell of many groups at once. Whatever goes wrong, with a group or with all of a request, leaves those groups out. */
async function listTogether(
  context: AdminContext,
  groupIds: readonly string[],
  limit: CallLimit,
): Promise<ReadonlyMap<string, readonly Partitioned<CommittedOffset | undefined>[]>> {
  const { cluster, lane } = context;
  const all = new Map<string, readonly Partitioned<CommittedOffset | undefined>[]>();
  const requests = await groupsByCoordinator(context, groupIds, GROUPS_PER_REQUEST, limit);
  const ask = async (ids: readonly string[], coordinator: Node): Promise<void> => {
    const told = await fetchCommittedOfGroups(await lane.connectTo(coordinator.nodeId, coordinator), ids, limit);
    for (const [groupId, results] of told ?? []) all.set(groupId, byPartition(results));
  };
  await Promise.all(
    requests.map(({ coordinator, groupIds: ids }) =>
      cluster.retrying("OffsetFetch", limit, () => ask(ids, coordinator).catch(() => {})).catch(() => {}),
    ),
  );
  return all;
}

/** By topic and number. A hundred thousand are not compared by their topics' names again and again: they come by topic, and mostly in order. */
function byPartition<Result extends TopicPartition>(results: readonly Result[]): readonly Result[] {
  const topics = [...Map.groupBy(results, ({ topic }) => topic)].sort(([a], [b]) => (a < b ? -1 : 1));
  return topics.flatMap(([, own]) => {
    const isInOrder = own.every(({ partition }, i) => i === 0 || own[i - 1]!.partition <= partition);
    return isInOrder ? own : own.sort((a, b) => a.partition - b.partition);
  });
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
