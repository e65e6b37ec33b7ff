// AlterReplicaLogDirs v1-2. KIP-113. There is one data directory: moving a replica to where it is succeeds, anywhere else is LOG_DIR_NOT_FOUND.
// A partition whose replicas are on other brokers is REPLICA_NOT_AVAILABLE.
import { ErrorCode } from "@ottla/protocol";
import {
  type AlterReplicaLogDirsRequest,
  type AlterReplicaLogDirsResponse,
  alterReplicaLogDirsApi,
  makeAlterReplicaLogDirPartitionResult,
  makeAlterReplicaLogDirsResponse,
  makeAlterReplicaLogDirTopicResult,
} from "@ottla/protocol/apis/alter-replica-log-dirs";
import { ofCluster } from "../authorisation.ts";
import type { Handler } from "../handler.ts";

export const alterReplicaLogDirsHandler: Handler<AlterReplicaLogDirsRequest, AlterReplicaLogDirsResponse> = {
  api: alterReplicaLogDirsApi,
  minVersion: 1,
  maxVersion: 2,
  authorisation: ofCluster("ALTER", (errorCode, { dirs }) => {
    const results = dirs.flatMap(({ topics }) =>
      topics.map(({ name, partitions }) =>
        makeAlterReplicaLogDirTopicResult({
          topicName: name,
          partitions: partitions.map((partitionIndex) => makeAlterReplicaLogDirPartitionResult({ partitionIndex, errorCode })),
        }),
      ),
    );
    return makeAlterReplicaLogDirsResponse({ results });
  }),

  handle({ broker, session: { nodeId } }, { dirs }) {
    const results = dirs.flatMap(({ path, topics }) =>
      topics.map(({ name, partitions }) => {
        const outcomes = partitions.map((partitionIndex) => {
          const replicas = broker.metadata.topic(name)?.partitions[partitionIndex]?.replicas;
          const errorCode = path === broker.dataDirectory ? moveWithin(replicas, nodeId) : ErrorCode.LOG_DIR_NOT_FOUND;
          return makeAlterReplicaLogDirPartitionResult({ partitionIndex, errorCode });
        });
        return makeAlterReplicaLogDirTopicResult({ topicName: name, partitions: outcomes });
      }),
    );
    return makeAlterReplicaLogDirsResponse({ results });
  },
};

function moveWithin(replicas: readonly number[] | undefined, nodeId: number): number {
  if (replicas === undefined) return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  return replicas.includes(nodeId) ? ErrorCode.NONE : ErrorCode.REPLICA_NOT_AVAILABLE;
}
