// AlterPartitionReassignments v0-1. KIP-455, v1: whether the replication factor may change (KIP-860). All replicas are one log, so a move is done at once
// and there is never one to take back.
import { ErrorCode } from "@ottla/protocol";
import {
  type AlterPartitionReassignmentsRequest,
  type AlterPartitionReassignmentsResponse,
  alterPartitionReassignmentsApi,
  makeAlterPartitionReassignmentsResponse,
  makeReassignablePartitionResponse,
  makeReassignableTopicResponse,
  type ReassignablePartition,
} from "@ottla/protocol/apis/alter-partition-reassignments";
import type { BrokerState } from "../broker-state.ts";
import type { Handler } from "../handler.ts";
import { commitRecords, STORAGE_MESSAGE } from "../metadata/commit-records.ts";
import type { MetadataRecord } from "../metadata/metadata-records.ts";
import { decideReassignment } from "../topics/reassignment-rules.ts";

export const alterPartitionReassignmentsHandler: Handler<AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse> = {
  api: alterPartitionReassignmentsApi,
  minVersion: 0,
  maxVersion: 1,

  async handle({ broker }, { topics, allowReplicationFactorChange }) {
    const records: MetadataRecord[] = [];
    const responses = topics.map(({ name, partitions }) =>
      makeReassignableTopicResponse({
        name,
        partitions: partitions.map((wish) => reassign(broker, name, wish, allowReplicationFactorChange, records)),
      }),
    );
    const committed = await commitRecords(broker, records);
    if (committed !== ErrorCode.NONE) {
      return makeAlterPartitionReassignmentsResponse({ allowReplicationFactorChange, errorCode: committed, errorMessage: STORAGE_MESSAGE });
    }
    return makeAlterPartitionReassignmentsResponse({ allowReplicationFactorChange, responses });
  },
};

function reassign({ metadata }: BrokerState, name: string, wish: ReassignablePartition, allowsChange: boolean, records: MetadataRecord[]) {
  const { partitionIndex, replicas } = wish;
  const topic = metadata.topic(name);
  const nodeIds = metadata.nodes.map((node) => node.nodeId);
  const reassignment = decideReassignment(topic?.partitions[partitionIndex], replicas, nodeIds, allowsChange);
  if (reassignment.kind === "refused") {
    return makeReassignablePartitionResponse({ partitionIndex, errorCode: reassignment.errorCode, errorMessage: reassignment.message });
  }
  if (reassignment.kind === "moved")
    records.push({ kind: "assignment", topicId: topic!.topicId, partition: partitionIndex, replicas: reassignment.replicas });
  return makeReassignablePartitionResponse({ partitionIndex });
}
