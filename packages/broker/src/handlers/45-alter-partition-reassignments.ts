// AlterPartitionReassignments v0-1. KIP-455, v1: whether the replication factor may change (KIP-860). All replicas are one log, so a move is done at once
// and there is never one to take back.
import { ErrorCode, errorInfo } from "@ottla/protocol";
import {
  type AlterPartitionReassignmentsRequest,
  type AlterPartitionReassignmentsResponse,
  alterPartitionReassignmentsApi,
  makeAlterPartitionReassignmentsResponse,
  makeReassignablePartitionResponse,
  makeReassignableTopicResponse,
  type ReassignablePartition,
  type ReassignablePartitionResponse,
  type ReassignableTopicResponse,
} from "@ottla/protocol/apis/alter-partition-reassignments";
import { ofCluster } from "../authorisation.ts";
import type { Handler } from "../handler.ts";
import { commitChange, STORAGE_MESSAGE } from "../metadata/commit-change.ts";
import type { TopicMetadata } from "../metadata/cluster-metadata.ts";
import type { MetadataRecord } from "../metadata/metadata-records.ts";
import { decideReassignment } from "../topics/reassignment-rules.ts";

export const alterPartitionReassignmentsHandler: Handler<AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse> = {
  api: alterPartitionReassignmentsApi,
  minVersion: 0,
  maxVersion: 1,
  authorisation: ofCluster("ALTER", (errorCode, { topics, allowReplicationFactorChange }) => {
    const errorMessage = errorInfo(errorCode).message;
    const responses = topics.map(({ name, partitions }) =>
      makeReassignableTopicResponse({
        name,
        partitions: partitions.map(({ partitionIndex }) => makeReassignablePartitionResponse({ partitionIndex, errorCode, errorMessage })),
      }),
    );
    return makeAlterPartitionReassignmentsResponse({ allowReplicationFactorChange, errorCode, errorMessage, responses });
  }),

  async handle({ broker }, { topics, allowReplicationFactorChange }) {
    let responses: ReassignableTopicResponse[] = [];
    const committed = await commitChange(broker, async (slice) => {
      responses = [];
      const records: MetadataRecord[] = [];
      const nodeIds = broker.metadata.nodes.map((node) => node.nodeId);
      for (const { name, partitions } of topics) {
        const outcomes: ReassignablePartitionResponse[] = [];
        for (const wish of partitions) {
          outcomes.push(reassign(broker.metadata.topic(name), nodeIds, wish, allowReplicationFactorChange, records));
          if (slice.isOver) await slice.rest();
        }
        responses.push(makeReassignableTopicResponse({ name, partitions: outcomes }));
      }
      return records;
    });
    if (committed !== ErrorCode.NONE) {
      return makeAlterPartitionReassignmentsResponse({ allowReplicationFactorChange, errorCode: committed, errorMessage: STORAGE_MESSAGE });
    }
    return makeAlterPartitionReassignmentsResponse({ allowReplicationFactorChange, responses });
  },
};

function reassign(
  topic: TopicMetadata | undefined,
  nodeIds: readonly number[],
  { partitionIndex, replicas }: ReassignablePartition,
  allowsChange: boolean,
  records: MetadataRecord[],
): ReassignablePartitionResponse {
  const reassignment = decideReassignment(topic?.partitions[partitionIndex], replicas, nodeIds, allowsChange);
  if (reassignment.kind === "refused") {
    return makeReassignablePartitionResponse({ partitionIndex, errorCode: reassignment.errorCode, errorMessage: reassignment.message });
  }
  if (reassignment.kind === "moved")
    records.push({ kind: "assignment", topicId: topic!.topicId, partition: partitionIndex, replicas: reassignment.replicas });
  return makeReassignablePartitionResponse({ partitionIndex });
}
