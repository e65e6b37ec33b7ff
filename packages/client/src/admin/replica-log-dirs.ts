import { ErrorCode } from "@ottla/protocol";
import {
  alterReplicaLogDirsApi,
  makeAlterReplicaLogDir,
  makeAlterReplicaLogDirsRequest,
  makeAlterReplicaLogDirTopic,
} from "@ottla/protocol/apis/alter-replica-log-dirs";
import { isEnding } from "../lifetime.ts";
import { asKafkaError, type Outcome, outcomeOf, refused } from "../outcome.ts";
import type { CallOptions } from "../options/call-options.ts";
import { groupByTopic, partitionKey } from "../topic-partition.ts";
import type { AdminContext } from "./admin-context.ts";
import { describeLogDirs } from "./cluster-state.ts";
import type { ReplicaLogDirs, ReplicaPlace } from "./partition-types.ts";

type Placed<Value> = ReplicaPlace & Outcome<Value>;

/** One request per broker; a broker that cannot be reached is an error of its replicas. */
export async function alterReplicaLogDirs(
  { cluster, lane }: AdminContext,
  changes: readonly (ReplicaPlace & { readonly path: string })[],
  options: CallOptions = {},
): Promise<readonly Placed<void>[]> {
  const limit = cluster.limit(options);
  await cluster.retrying("Metadata", limit, () => cluster.metadata.refreshBrokers());
  const outcomes = new Map<string, Outcome<void>>();
  const ofNode = Map.groupBy(changes, ({ nodeId }) => nodeId);
  await Promise.all(
    [...ofNode].map(async ([nodeId, moves]) => {
      const dirs = [...Map.groupBy(moves, ({ path }) => path)].map(([path, replicas]) => {
        const topics = [...groupByTopic(replicas)].map(([name, entries]) =>
          makeAlterReplicaLogDirTopic({ name, partitions: entries.map(({ partition }) => partition) }),
        );
        return makeAlterReplicaLogDir({ path, topics });
      });
      try {
        const response = await cluster.retrying(`AlterReplicaLogDirs on broker ${nodeId}`, limit, () =>
          lane.call(nodeId, alterReplicaLogDirsApi, () => makeAlterReplicaLogDirsRequest({ dirs }), { limit }),
        );
        for (const { topicName, partitions } of response.results)
          for (const { partitionIndex, errorCode } of partitions)
            outcomes.set(
              `${nodeId} ${partitionKey(topicName, partitionIndex)}`,
              outcomeOf(errorCode, undefined, () => undefined),
            );
      } catch (error) {
        if (isEnding(error)) throw error;
        for (const { topic, partition } of moves) outcomes.set(`${nodeId} ${partitionKey(topic, partition)}`, refused(asKafkaError(error)));
      }
    }),
  );
  return changes.map(({ nodeId, topic, partition }) => {
    const left = outcomeOf(ErrorCode.UNKNOWN_SERVER_ERROR, "The broker left this replica out of its answer.", () => undefined);
    return { nodeId, topic, partition, ...(outcomes.get(`${nodeId} ${partitionKey(topic, partition)}`) ?? left) };
  });
}

export async function describeReplicaLogDirs(
  context: AdminContext,
  replicas: readonly ReplicaPlace[],
  options: CallOptions = {},
): Promise<readonly Placed<ReplicaLogDirs>[]> {
  const nodeIds = [...new Set(replicas.map(({ nodeId }) => nodeId))];
  const described = new Map((await describeLogDirs(context, nodeIds, options)).map((each) => [each.nodeId, each]));
  return replicas.map(({ nodeId, topic, partition }) => {
    const node = described.get(nodeId)!;
    if (node.error) return { nodeId, topic, partition, ...refused<ReplicaLogDirs>(node.error) };
    const places = node.value.flatMap(({ path, partitions }) =>
      partitions.filter((each) => each.topic === topic && each.partition === partition).map((each) => ({ path, ...each })),
    );
    const now = places.find(({ isFuture }) => !isFuture);
    const future = places.find(({ isFuture }) => isFuture);
    const value = { path: now?.path, offsetLag: now?.offsetLag, futurePath: future?.path, futureOffsetLag: future?.offsetLag };
    return { nodeId, topic, partition, error: undefined, value };
  });
}
