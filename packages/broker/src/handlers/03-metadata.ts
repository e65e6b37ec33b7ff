// Metadata v0-13. v1 null = all topics, v4 allow_auto_topic_creation, v8 authorized operations, v10 topic ids (KIP-516), v12 look-up by id, v13 top-level
// error (KIP-1102). Endpoints are those of the listener asked. A topic whose creation begins with the request is unknown in its answer, as in Kafka.
import { CLUSTER_NAME, ErrorCode, madeWhenWritten, NIL_UUID, ResourceType } from "@ottla/protocol";
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
import { clusterOperations, NOT_ASKED } from "../authorized-operations.ts";
import { isMet, need } from "../authorisation.ts";
import { type Handler, MANY_TOPICS_REQUEST_BYTES, type RequestContext } from "../handler.ts";
import { endpointFor } from "../metadata/endpoint-for.ts";
import { offlineReplicas, type TopicMetadata } from "../metadata/cluster-metadata.ts";
import { internalTopic } from "../metadata/internal-topics.ts";
import { missingTopicError } from "../topics/auto-create.ts";
import { creationQuota } from "./creation-quota.ts";

/** Versions 10 and 11 have the fields for it, but Kafka refuses to use them. */
const LOOK_UP_BY_ID_FROM_VERSION = 12;

const MAY_SEE = need("DESCRIBE", "TOPIC", "each topic", {
  note: "that a topic exists is not told; where all are asked for, it is left out",
});
const MAY_CREATE_ALL = need("CREATE", "CLUSTER", "the cluster", { errorCode: ErrorCode.NONE, note: "opens creation of every name" });
const MAY_CREATE = need("CREATE", "TOPIC", "each topic that would be created");
const MAY_SEE_CLUSTER = need("DESCRIBE", "CLUSTER", "the cluster", {
  errorCode: ErrorCode.NONE,
  note: "versions 8 to 10: else the answer tells no authorized operations",
});

export const metadataHandler: Handler<MetadataRequest, MetadataResponse> = {
  api: metadataApi,
  minVersion: 0,
  maxVersion: 13,
  authorisation: {
    needs: [MAY_SEE, MAY_CREATE_ALL, MAY_CREATE, MAY_SEE_CLUSTER],
    decide(context, request) {
      const { broker, version, access } = context;
      const { topics } = request;
      // The handler shows all that may be seen.
      if (topics === null || (version === 0 && topics.length === 0)) return { kind: "go-on", request };
      if (version < LOOK_UP_BY_ID_FROM_VERSION && namesById(topics)) return { kind: "go-on", request };
      const createsMissing =
        mayCreateMissing(context, request) && !access.shows(MAY_CREATE_ALL.operation, MAY_CREATE_ALL.resourceType, CLUSTER_NAME);
      const hidden: MetadataResponseTopic[] = [];
      const closed: MetadataResponseTopic[] = [];
      const seen = onceEach(topics).filter(({ name, topicId }) => {
        const isById = name === null || topicId !== NIL_UUID;
        const known = isById ? broker.metadata.topicById(topicId)?.name : name;
        if (known === undefined) return true;
        if (!isMet(access, MAY_SEE, known)) {
          hidden.push(makeMetadataResponseTopic({ errorCode: MAY_SEE.errorCode, ...(isById ? { name: null, topicId } : { name: known }) }));
          return false;
        }
        if (createsMissing && !broker.metadata.topic(known) && !isMet(access, MAY_CREATE, known)) {
          const isInternal = internalTopic(known) !== undefined;
          closed.push(makeMetadataResponseTopic({ errorCode: MAY_CREATE.errorCode, name: known, isInternal }));
          return false;
        }
        return true;
      });
      if (hidden.length === 0 && closed.length === 0) return { kind: "go-on", request };
      const refused = [...closed, ...hidden];
      if (seen.length === 0 && version === 0) return { kind: "answer", response: answer(context, request, refused) };
      return {
        kind: "go-on",
        request: { ...request, topics: seen },
        complete: (response) => response && { ...response, topics: [...response.topics, ...refused] },
      };
    },
  },
  maxRequestBytes: MANY_TOPICS_REQUEST_BYTES,

  handle(context, request) {
    const { broker, version } = context;
    if (request.topics === null || (version === 0 && request.topics.length === 0)) {
      const seen = [...broker.metadata.topics()].filter(({ name }) => context.access.shows(MAY_SEE.operation, MAY_SEE.resourceType, name));
      const topics = madeWhenWritten(seen, (topic) => described(topic, request, context));
      return answer(context, request, topics);
    }
    const asked = onceEach(request.topics);
    if (version < LOOK_UP_BY_ID_FROM_VERSION && namesById(asked)) {
      const refused = asked.map(({ name, topicId }) =>
        makeMetadataResponseTopic({ errorCode: ErrorCode.INVALID_REQUEST, name: name ?? "", topicId }),
      );
      return answer(context, request, refused);
    }
    const missing = mayCreateMissing(context, request)
      ? asked.flatMap(({ name, topicId }) => (name !== null && topicId === NIL_UUID && !broker.metadata.topic(name) ? [name] : []))
      : [];
    // The client does not hear of it, as it does not from Kafka, which has its controller make them.
    if (missing.length > 0) broker.firstUseTopics.begin(missing, creationQuota(context));
    const describe = ({ name, topicId }: MetadataRequestTopic) => describeAsked(context, request, name, topicId);
    return answer(context, request, madeWhenWritten(asked, describe));
  },
};

function mayCreateMissing({ broker, version }: RequestContext, request: MetadataRequest): boolean {
  return (version < 4 || request.allowAutoTopicCreation) && broker.config.boolean("auto.create.topics.enable");
}

function namesById(topics: readonly MetadataRequestTopic[]): boolean {
  return topics.some(({ name, topicId }) => name === null || topicId !== NIL_UUID);
}

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
    clusterAuthorizedOperations: request.includeClusterAuthorizedOperations ? clusterOperations(context.access) : NOT_ASKED,
  });
}

function describeAsked(context: RequestContext, request: MetadataRequest, name: string | null, topicId: string): MetadataResponseTopic {
  const { metadata } = context.broker;
  // Java's AdminClient leaves the name empty, not null, beside an id; as in Kafka the id decides.
  if (name === null || topicId !== NIL_UUID) {
    const topic = metadata.topicById(topicId);
    return topic
      ? described(topic, request, context)
      : makeMetadataResponseTopic({ errorCode: ErrorCode.UNKNOWN_TOPIC_ID, name: null, topicId });
  }
  const topic = metadata.topic(name);
  if (topic) return described(topic, request, context);
  return makeMetadataResponseTopic({
    errorCode: missingTopicError(name),
    name,
    isInternal: internalTopic(name) !== undefined,
    topicAuthorizedOperations: topicOperations(context, request, name),
  });
}

function topicOperations({ access }: RequestContext, request: MetadataRequest, name: string): number {
  return request.includeTopicAuthorizedOperations ? access.operationsOn(ResourceType.TOPIC, name) : NOT_ASKED;
}

function described(topic: TopicMetadata, request: MetadataRequest, context: RequestContext): MetadataResponseTopic {
  return makeMetadataResponseTopic({
    name: topic.name,
    topicId: topic.topicId,
    isInternal: topic.isInternal,
    // A topic may get more while its answer is written.
    partitions: madeWhenWritten([...topic.partitions], (partition) =>
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
    topicAuthorizedOperations: topicOperations(context, request, topic.name),
  });
}
