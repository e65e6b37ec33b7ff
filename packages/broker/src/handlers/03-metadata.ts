// Metadata v0-13. v1 null = all topics, v4 allow_auto_topic_creation, v8 authorized operations, v10 topic ids (KIP-516), v12 look-up by id, v13 top-level
// error (KIP-1102). Endpoints are those of the listener asked. A topic whose creation begins with the request is unknown in its answer, as in Kafka.
import { ErrorCode, madeWhenWritten, NIL_UUID } from "@ottla/protocol";
import {
  type MetadataRequest,
  type MetadataRequestTopic,
  type MetadataResponse,
  type MetadataResponseTopic,
  makeMetadataResponse,
  makeMetadataResponseBroker,
  makeMetadataResponsePartition,
  makeMetadataResponseTopic,
  metadataApi,
} from "@ottla/protocol/apis/metadata";
import { CLUSTER_OPERATIONS, NOT_ASKED, TOPIC_OPERATIONS } from "../authorized-operations.ts";
import { type Handler, MANY_TOPICS_REQUEST_BYTES, type RequestContext } from "../handler.ts";
import { endpointFor } from "../metadata/endpoint-for.ts";
import { offlineReplicas, type TopicMetadata } from "../metadata/cluster-metadata.ts";
import { internalTopic } from "../metadata/internal-topics.ts";
import { missingTopicError } from "../topics/auto-create.ts";

/** Versions 10 and 11 have the fields for it, but Kafka refuses to use them. */
const LOOK_UP_BY_ID_FROM_VERSION = 12;

export const metadataHandler: Handler<MetadataRequest, MetadataResponse> = {
  api: metadataApi,
  minVersion: 0,
  maxVersion: 13,
  maxRequestBytes: MANY_TOPICS_REQUEST_BYTES,

  handle(context, request) {
    const { broker, version } = context;
    if (request.topics === null || (version === 0 && request.topics.length === 0)) {
      const topics = madeWhenWritten([...broker.metadata.topics()], (topic) => described(topic, request));
      return answer(context, request, topics);
    }
    const asked = onceEach(request.topics);
    if (version < LOOK_UP_BY_ID_FROM_VERSION && asked.some(({ name, topicId }) => name === null || topicId !== NIL_UUID)) {
      const refused = asked.map(({ name, topicId }) =>
        makeMetadataResponseTopic({ errorCode: ErrorCode.INVALID_REQUEST, name: name ?? "", topicId }),
      );
      return answer(context, request, refused);
    }
    const mayCreate = (version < 4 || request.allowAutoTopicCreation) && broker.config.boolean("auto.create.topics.enable");
    const missing = mayCreate
      ? asked.flatMap(({ name, topicId }) => (name !== null && topicId === NIL_UUID && !broker.metadata.topic(name) ? [name] : []))
      : [];
    broker.firstUseTopics.begin(missing);
    const describe = ({ name, topicId }: MetadataRequestTopic) => describeAsked(context, request, name, topicId);
    return answer(context, request, madeWhenWritten(asked, describe));
  },
};

/** As Kafka understands a request: where there is an id, names alone are not looked at; and each topic is described once. */
function onceEach(topics: readonly MetadataRequestTopic[]): readonly MetadataRequestTopic[] {
  const isById = topics.some(({ topicId }) => topicId !== NIL_UUID);
  const meant = new Map<string | null, MetadataRequestTopic>();
  for (const topic of topics) {
    if (!isById) meant.set(topic.name, topic);
    else if (topic.topicId !== NIL_UUID) meant.set(topic.topicId, topic);
  }
  return [...meant.values()];
}

function answer(context: RequestContext, request: MetadataRequest, topics: readonly MetadataResponseTopic[]): MetadataResponse {
  const { metadata } = context.broker;
  return makeMetadataResponse({
    brokers: metadata.nodes.flatMap((node) => {
      const endpoint = endpointFor(node, context.session);
      return endpoint ? [makeMetadataResponseBroker({ nodeId: node.nodeId, ...endpoint, rack: node.rack })] : [];
    }),
    clusterId: metadata.clusterId,
    controllerId: metadata.controllerId,
    topics,
    clusterAuthorizedOperations: request.includeClusterAuthorizedOperations ? CLUSTER_OPERATIONS : NOT_ASKED,
  });
}

function describeAsked(context: RequestContext, request: MetadataRequest, name: string | null, topicId: string): MetadataResponseTopic {
  const { metadata } = context.broker;
  // Java's AdminClient leaves the name empty, not null, beside an id; as in Kafka the id decides.
  if (name === null || topicId !== NIL_UUID) {
    const topic = metadata.topicById(topicId);
    return topic ? described(topic, request) : makeMetadataResponseTopic({ errorCode: ErrorCode.UNKNOWN_TOPIC_ID, name: null, topicId });
  }
  const topic = metadata.topic(name);
  if (topic) return described(topic, request);
  return makeMetadataResponseTopic({ errorCode: missingTopicError(name), name, isInternal: internalTopic(name) !== undefined });
}

function described(topic: TopicMetadata, request: MetadataRequest): MetadataResponseTopic {
  return makeMetadataResponseTopic({
    name: topic.name,
    topicId: topic.topicId,
    isInternal: topic.isInternal,
    partitions: topic.partitions.map((partition) =>
      makeMetadataResponsePartition({
        errorCode: partition.leader < 0 ? ErrorCode.LEADER_NOT_AVAILABLE : ErrorCode.NONE,
        partitionIndex: partition.index,
        leaderId: partition.leader,
        leaderEpoch: partition.leaderEpoch,
        replicaNodes: [...partition.replicas],
        isrNodes: [...partition.isr],
        offlineReplicas: [...offlineReplicas(partition)],
      }),
    ),
    topicAuthorizedOperations: request.includeTopicAuthorizedOperations ? TOPIC_OPERATIONS : NOT_ASKED,
  });
}
