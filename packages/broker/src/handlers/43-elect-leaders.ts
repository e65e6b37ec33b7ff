// ElectLeaders v0-2. KIP-183, v1: election type and top-level error (KIP-460). A preferred election moves leadership back to the first replica where a virtual
// broker lost it; every replica is in sync, so an unclean one is never needed.
import { ErrorCode, errorInfo } from "@ottla/protocol";
import {
  type ElectLeadersRequest,
  type ElectLeadersResponse,
  electLeadersApi,
  makeElectLeadersResponse,
  makePartitionResult,
  makeReplicaElectionResult,
  type PartitionResult,
} from "@ottla/protocol/apis/elect-leaders";
import type { BrokerState } from "../broker-state.ts";
import { ofCluster } from "../authorisation.ts";
import type { Handler } from "../handler.ts";
import { commitChange, STORAGE_MESSAGE } from "../metadata/commit-change.ts";
import type { MetadataRecord } from "../metadata/metadata-records.ts";
import { decideElection, ElectionType } from "../topics/leader-election-rules.ts";

export const electLeadersHandler: Handler<ElectLeadersRequest, ElectLeadersResponse> = {
  api: electLeadersApi,
  minVersion: 0,
  maxVersion: 2,
  authorisation: ofCluster("ALTER", (errorCode, { topicPartitions }) =>
    makeElectLeadersResponse({
      errorCode,
      replicaElectionResults: refuseAll(topicPartitions ?? [], errorCode, errorInfo(errorCode).message),
    }),
  ),

  async handle({ broker }, { electionType, topicPartitions }) {
    if (electionType !== ElectionType.PREFERRED && electionType !== ElectionType.UNCLEAN)
      return unknownType(electionType, topicPartitions ?? []);
    const asksAll = topicPartitions === null;
    let results: { topic: string; partitionResult: PartitionResult[] }[] = [];
    const committed = await commitChange(broker, async (slice) => {
      results = [];
      const records: MetadataRecord[] = [];
      const asked =
        topicPartitions ??
        Array.from(broker.metadata.topics(), ({ name, partitions }) => ({ topic: name, partitions: partitions.map((p) => p.index) }));
      for (const { topic, partitions } of asked) {
        const partitionResult: PartitionResult[] = [];
        for (const partition of partitions) {
          const outcome = elect(broker, topic, partition, electionType, records);
          // Who asks for all wants to hear of changes only.
          if (!asksAll || outcome.errorCode === ErrorCode.NONE) partitionResult.push(outcome);
          if (slice.isOver) await slice.rest();
        }
        results.push({ topic, partitionResult });
      }
      return records;
    });
    if (committed !== ErrorCode.NONE) {
      if (results.length === 0) return makeElectLeadersResponse({ errorCode: committed });
      for (const result of results) result.partitionResult = result.partitionResult.map((outcome) => unlessFailed(outcome, committed));
    }
    return makeElectLeadersResponse({ replicaElectionResults: results.map(makeReplicaElectionResult) });
  },
};

function elect(
  { metadata }: BrokerState,
  name: string,
  partitionId: number,
  electionType: number,
  records: MetadataRecord[],
): PartitionResult {
  const topic = metadata.topic(name);
  const election = decideElection(topic?.partitions[partitionId], electionType);
  if (election.kind === "refused")
    return makePartitionResult({ partitionId, errorCode: election.errorCode, errorMessage: election.message });
  records.push({ kind: "leader", topicId: topic!.topicId, partition: partitionId, leader: election.leader });
  return makePartitionResult({ partitionId });
}

function unlessFailed(outcome: PartitionResult, errorCode: number): PartitionResult {
  return outcome.errorCode === ErrorCode.NONE ? { ...outcome, errorCode, errorMessage: STORAGE_MESSAGE } : outcome;
}

function unknownType(electionType: number, asked: NonNullable<ElectLeadersRequest["topicPartitions"]>): ElectLeadersResponse {
  const errorCode = ErrorCode.INVALID_REQUEST;
  const errorMessage = `There is no election type ${electionType}; use 0 (preferred) or 1 (unclean).`;
  return makeElectLeadersResponse({ errorCode, replicaElectionResults: refuseAll(asked, errorCode, errorMessage) });
}

function refuseAll(
  asked: NonNullable<ElectLeadersRequest["topicPartitions"]>,
  errorCode: number,
  errorMessage: string,
): ElectLeadersResponse["replicaElectionResults"] {
  return asked.map(({ topic, partitions }) =>
    makeReplicaElectionResult({
      topic,
      partitionResult: partitions.map((partitionId) => makePartitionResult({ partitionId, errorCode, errorMessage })),
    }),
  );
}
