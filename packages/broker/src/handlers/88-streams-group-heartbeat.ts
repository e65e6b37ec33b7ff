// StreamsGroupHeartbeat v0-1. KIP-1071; v1: the lag that counts as caught up as a long, client tags that are missing (KIP-1284, KIP-1331).
import { AclOperation, CLUSTER_NAME, ErrorCode, ResourceType } from "@ottla/protocol";
import {
  makeEndpointToPartitions,
  makeStatus,
  makeStreamsGroupHeartbeatResponse,
  makeStreamsGroupHeartbeatResponseEndpoint,
  makeStreamsGroupHeartbeatResponseTaskIds,
  makeTopicPartition,
  type StreamsGroupHeartbeatRequest,
  type StreamsGroupHeartbeatResponse,
  streamsGroupHeartbeatApi,
} from "@ottla/protocol/apis/streams-group-heartbeat";
import { isMet, need } from "../authorisation.ts";
import type { BrokerState } from "../broker-state.ts";
import type { StreamsHeartbeatAnswer, StreamsStatus } from "../groups/streams/streams-decision.ts";
import { streamsHeartbeatFault } from "../groups/streams/streams-membership.ts";
import { type AnyTasks, listTasks } from "../groups/streams/tasks.ts";
import { namedTopics } from "../groups/streams/topology/topology.ts";
import { STREAMS_STATUS } from "../groups/streams/topology/topology-problem.ts";
import { type Handler, MANY_TOPICS_REQUEST_BYTES, type RequestContext } from "../handler.ts";
import { levelOf } from "../metadata/cluster-features.ts";
import { internalTopic } from "../metadata/internal-topics.ts";
import { topicNameFault } from "../metadata/topic-name.ts";
import { creationQuota } from "./creation-quota.ts";
import { whenAnswered } from "./when-answered.ts";

const MAY_READ = need("READ", "GROUP", "the group");
const MAY_SEE = need("DESCRIBE", "TOPIC", "each topic of the topology");
const MAY_CREATE = need("CREATE", "TOPIC", "each topic of its own that is missing", {
  errorCode: ErrorCode.NONE,
  note: "or for the cluster; else it is not made, and the status says so",
});
/** The tasks of ten thousand partitions with what is told of each, or some three thousand sub-topologies of a dozen names: each of those is eight objects, and sixty thousand held the loop for 50 to 110 ms. */
const MAX_REQUEST_ELEMENTS = 40_000;
/** Each has records and tasks of its own; what is an application is far below it. */
const SUBTOPOLOGIES_MAX = 5_000;
/** A topic that could not be made is told of for so many heartbeats. */
const FAULT_HEARTBEATS = 2;
const SHOWN_FAULTS_MAX = 3;

export const streamsGroupHeartbeatHandler: Handler<StreamsGroupHeartbeatRequest, StreamsGroupHeartbeatResponse> = {
  api: streamsGroupHeartbeatApi,
  minVersion: 0,
  maxVersion: 1,
  authorisation: {
    needs: [MAY_READ, MAY_SEE, MAY_CREATE],
    decide({ broker, access }, request) {
      if (!servesStreamsGroups(broker)) return { kind: "go-on", request };
      if (!isMet(access, MAY_READ, request.groupId)) return { kind: "answer", response: refused(MAY_READ.errorCode) };
      // A topology that cannot be is told of before topics that may not be seen.
      if (topologyFault(request) !== undefined) return { kind: "go-on", request };
      const topics = [...namedTopics(request.topology?.subtopologies ?? [])];
      if (topics.every((topic) => isMet(access, MAY_SEE, topic))) return { kind: "go-on", request };
      return { kind: "answer", response: refused(MAY_SEE.errorCode) };
    },
  },
  maxRequestBytes: MANY_TOPICS_REQUEST_BYTES,
  maxRequestElements: MAX_REQUEST_ELEMENTS,

  handle(context, request) {
    const { broker, session, version, clientId } = context;
    if (!servesStreamsGroups(broker)) return refused(ErrorCode.UNSUPPORTED_VERSION);
    const fault = topologyFault(request);
    if (fault !== undefined) return refused(ErrorCode.STREAMS_INVALID_TOPOLOGY, fault);
    const heartbeat = { ...request, clientId: clientId ?? "", clientHost: session.clientHost, version };
    const why = streamsHeartbeatFault(heartbeat);
    if (why !== undefined) return refused(ErrorCode.INVALID_REQUEST, why);
    const answer = broker.groups.streams.heartbeat({ ...heartbeat, nodeId: session.nodeId, closed: session.closed });
    return whenAnswered(answer, (answered) => respond(answered, createMissing(context, answered)));
  },
};

/** Whether the cluster has groups of this protocol: its feature streams.version, and the broker's list of protocols, may say no. */
export function servesStreamsGroups({ metadata, config }: BrokerState): boolean {
  return levelOf(metadata, "streams.version") >= 1 && config.list("group.coordinator.rebalance.protocols").includes("streams");
}

function topologyFault({ topology }: StreamsGroupHeartbeatRequest): string | undefined {
  const subtopologies = topology?.subtopologies ?? [];
  if (subtopologies.length > SUBTOPOLOGIES_MAX)
    return `The topology has ${subtopologies.length} sub-topologies; ${SUBTOPOLOGIES_MAX} is the most.`;
  return topicFault(namedTopics(subtopologies));
}

function refused(errorCode: number, errorMessage: string | null = null): StreamsGroupHeartbeatResponse {
  return makeStreamsGroupHeartbeatResponse({ errorCode, errorMessage });
}

/** Why a topology of these topics cannot be. */
function topicFault(topics: Iterable<string>): string | undefined {
  const prohibited: string[] = [];
  const invalid: string[] = [];
  for (const topic of topics) {
    if (internalTopic(topic) !== undefined) prohibited.push(topic);
    if (topicNameFault(topic) !== undefined) invalid.push(topic);
  }
  if (prohibited.length > 0) return `Use of Kafka internal topics ${prohibited.join(",")} in a Kafka Streams topology is prohibited.`;
  return invalid.length > 0 ? `Topic names ${invalid.join(",")} are not valid topic names.` : undefined;
}

/** Has the topics of its own made that the application lacks, by whoever may; the statuses say what stands in the way. */
function createMissing(
  context: RequestContext,
  { statuses, toBeCreated, heartbeatIntervalMs }: StreamsHeartbeatAnswer,
): readonly StreamsStatus[] {
  if (toBeCreated.length === 0) return statuses;
  const { access, broker } = context;
  const mayAll = access.shows(AclOperation.CREATE, ResourceType.CLUSTER, CLUSTER_NAME);
  const closed = mayAll ? [] : toBeCreated.filter(({ name }) => !isMet(access, MAY_CREATE, name));
  if (closed.length > 0) return told(statuses, `; Unauthorized to CREATE on topics ${closed.map(({ name }) => name).join(", ")}.`);
  const orders = toBeCreated.map(({ name, partitionCount, replicationFactor, configs }) => ({
    name,
    numPartitions: partitionCount,
    replicationFactor: replicationFactor === 0 ? -1 : replicationFactor,
    assignments: [],
    configs: configs.map(({ key, value }) => ({ name: key, value })),
  }));
  broker.applicationTopics.begin(orders, FAULT_HEARTBEATS * heartbeatIntervalMs, creationQuota(context));
  const faults = toBeCreated.flatMap(({ name }) => {
    const fault = broker.applicationTopics.faultOf(name);
    return fault === undefined ? [] : [`${name} (${fault})`];
  });
  if (faults.length === 0) return statuses;
  const more = faults.length - SHOWN_FAULTS_MAX;
  const shown = faults.slice(0, SHOWN_FAULTS_MAX).join(", ") + (more > 0 ? ` and ${more} more` : "");
  return told(statuses, `; Creation failed: ${shown}.`);
}

/** Adds to what is said of missing topics. */
function told(statuses: readonly StreamsStatus[], detail: string): readonly StreamsStatus[] {
  return statuses.map((status) => (status.name === "MISSING_INTERNAL_TOPICS" ? { ...status, detail: status.detail + detail } : status));
}

function respond(answer: StreamsHeartbeatAnswer, statuses: readonly StreamsStatus[]): StreamsGroupHeartbeatResponse {
  const { tasks, endpoints, toBeCreated: _made, statuses: _told, ...fields } = answer;
  return makeStreamsGroupHeartbeatResponse({
    ...fields,
    status: statuses.map(({ name, detail }) => makeStatus({ statusCode: STREAMS_STATUS[name], statusDetail: detail })),
    activeTasks: tasks && taskIds(tasks.active),
    standbyTasks: tasks && taskIds(tasks.standby),
    warmupTasks: tasks && taskIds(tasks.warmup),
    partitionsByUserEndpoint:
      endpoints &&
      endpoints.map(({ endpoint, active, standby }) =>
        makeEndpointToPartitions({
          userEndpoint: makeStreamsGroupHeartbeatResponseEndpoint(endpoint),
          activePartitions: topicPartitions(active),
          standbyPartitions: topicPartitions(standby),
        }),
      ),
  });
}

function taskIds(tasks: AnyTasks) {
  return listTasks(tasks).map((each) => makeStreamsGroupHeartbeatResponseTaskIds(each));
}

function topicPartitions(partitions: ReadonlyMap<string, readonly number[]>) {
  return Array.from(partitions, ([topic, indexes]) => makeTopicPartition({ topic, partitions: indexes }));
}
