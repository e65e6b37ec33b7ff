// ConsumerGroupHeartbeat v0-1. KIP-848; v1: member ids made by clients (KIP-1082), regular expressions.
import { ErrorCode } from "@ottla/protocol";
import {
  type ConsumerGroupHeartbeatRequest,
  type ConsumerGroupHeartbeatResponse,
  consumerGroupHeartbeatApi,
  makeAssignment,
  makeConsumerGroupHeartbeatResponse,
  makeConsumerGroupHeartbeatResponseTopicPartitions,
} from "@ottla/protocol/apis/consumer-group-heartbeat";
import type { BrokerState } from "../broker-state.ts";
import type { ConsumerHeartbeatAnswer } from "../groups/consumer/consumer-decision.ts";
import { heartbeatFault } from "../groups/consumer/consumer-membership.ts";
import { isMet, need } from "../authorisation.ts";
import { type Handler, MANY_TOPICS_REQUEST_BYTES, MANY_TOPICS_REQUEST_ELEMENTS } from "../handler.ts";
import { levelOf } from "../metadata/cluster-features.ts";
import { whenAnswered } from "./when-answered.ts";

const MAY_READ = need("READ", "GROUP", "the group");
const MAY_SEE = need("DESCRIBE", "TOPIC", "each topic that is subscribed to by name");
const MAY_FIND = need("DESCRIBE", "TOPIC", "each topic that a regular expression finds", {
  errorCode: ErrorCode.NONE,
  note: "else the expression does not find it",
});

export const consumerGroupHeartbeatHandler: Handler<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse> = {
  api: consumerGroupHeartbeatApi,
  minVersion: 0,
  maxVersion: 1,
  authorisation: {
    needs: [MAY_READ, MAY_SEE, MAY_FIND],
    decide({ broker, access }, request) {
      if (!servesConsumerGroups(broker)) return { kind: "go-on", request };
      const { groupId, subscribedTopicNames } = request;
      const isClosed = subscribedTopicNames?.some((name) => !isMet(access, MAY_SEE, name)) === true;
      const unmet = !isMet(access, MAY_READ, groupId) ? MAY_READ : isClosed ? MAY_SEE : undefined;
      return unmet
        ? { kind: "answer", response: makeConsumerGroupHeartbeatResponse({ errorCode: unmet.errorCode }) }
        : { kind: "go-on", request };
    },
  },
  maxRequestBytes: MANY_TOPICS_REQUEST_BYTES,
  maxRequestElements: MANY_TOPICS_REQUEST_ELEMENTS,

  handle({ broker, session, version, clientId, access }, request) {
    if (!servesConsumerGroups(broker)) return makeConsumerGroupHeartbeatResponse({ errorCode: ErrorCode.UNSUPPORTED_VERSION });
    const heartbeat = { ...request, owned: request.topicPartitions, clientId: clientId ?? "", clientHost: session.clientHost };
    const fault = heartbeatFault(heartbeat, version);
    if (fault !== undefined) return makeConsumerGroupHeartbeatResponse({ errorCode: ErrorCode.INVALID_REQUEST, errorMessage: fault });
    const sees = (topic: string): boolean => access.shows(MAY_FIND.operation, MAY_FIND.resourceType, topic);
    return whenAnswered(broker.groups.consumers.heartbeat({ ...heartbeat, nodeId: session.nodeId, closed: session.closed }, sees), respond);
  },
};

/** Whether the cluster has groups of this protocol: its feature group.version, and the broker's list of protocols, may say no. */
export function servesConsumerGroups({ metadata, config }: BrokerState): boolean {
  return levelOf(metadata, "group.version") >= 1 && config.list("group.coordinator.rebalance.protocols").includes("consumer");
}

function respond({ assignment, ...answer }: ConsumerHeartbeatAnswer): ConsumerGroupHeartbeatResponse {
  return makeConsumerGroupHeartbeatResponse({
    ...answer,
    assignment:
      assignment &&
      makeAssignment({
        topicPartitions: Array.from(assignment, ([topicId, epochs]) =>
          makeConsumerGroupHeartbeatResponseTopicPartitions({ topicId, partitions: [...epochs.keys()] }),
        ),
      }),
  });
}
