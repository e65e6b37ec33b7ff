// DescribeQuorum v0-2. KIP-595, v1: fetch times (KIP-836), v2: nodes and directory ids (KIP-853). There is no quorum: the process is shown as one voter that
// leads, with the number of its starts as the epoch. Its metadata journal has no offsets, so they are 0.
import { ErrorCode } from "@ottla/protocol";
import {
  type DescribeQuorumRequest,
  type DescribeQuorumResponse,
  type DescribeQuorumResponsePartitionData,
  describeQuorumApi,
  makeDescribeQuorumResponse,
  makeDescribeQuorumResponsePartitionData,
  makeDescribeQuorumResponseTopicData,
  makeListener,
  makeNode,
  makeReplicaState,
  type Node,
} from "@ottla/protocol/apis/describe-quorum";
import { ofCluster } from "../authorisation.ts";
import type { Handler, RequestContext } from "../handler.ts";
import { endpointFor } from "../metadata/endpoint-for.ts";

const METADATA_TOPIC = "__cluster_metadata";

export const describeQuorumHandler: Handler<DescribeQuorumRequest, DescribeQuorumResponse> = {
  api: describeQuorumApi,
  minVersion: 0,
  maxVersion: 2,
  authorisation: ofCluster("DESCRIBE", (errorCode) => makeDescribeQuorumResponse({ errorCode })),

  handle(context, request) {
    const topics = request.topics.map(({ topicName, partitions }) =>
      makeDescribeQuorumResponseTopicData({
        topicName,
        partitions: partitions.map(({ partitionIndex }) => describe(context, topicName, partitionIndex)),
      }),
    );
    const isFound = topics.some(({ partitions }) => partitions.some(({ errorCode }) => errorCode === ErrorCode.NONE));
    return makeDescribeQuorumResponse({ topics, nodes: isFound && context.version >= 2 ? voters(context) : [] });
  },
};

function describe({ broker }: RequestContext, topicName: string, partitionIndex: number): DescribeQuorumResponsePartitionData {
  if (topicName !== METADATA_TOPIC || partitionIndex !== 0) {
    const errorMessage = `Only ${METADATA_TOPIC}-0 has a quorum.`;
    return makeDescribeQuorumResponsePartitionData({ partitionIndex, errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, errorMessage });
  }
  const { metadata, clock } = broker;
  const nowMs = clock.nowMs();
  const voter = makeReplicaState({
    replicaId: metadata.controllerId,
    logEndOffset: 0,
    lastFetchTimestamp: nowMs,
    lastCaughtUpTimestamp: nowMs,
  });
  return makeDescribeQuorumResponsePartitionData({
    partitionIndex,
    leaderId: metadata.controllerId,
    leaderEpoch: metadata.startEpoch,
    currentVoters: [voter],
  });
}

function voters({ broker, session }: RequestContext): Node[] {
  const { metadata } = broker;
  const endpoint = endpointFor(metadata.node(metadata.controllerId), session);
  if (!endpoint) return [];
  return [
    makeNode({
      nodeId: metadata.controllerId,
      listeners: [makeListener({ name: session.listenerName, ...endpoint })],
    }),
  ];
}
