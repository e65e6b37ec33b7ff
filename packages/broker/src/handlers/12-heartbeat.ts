// Heartbeat v0-4. v3 static members (KIP-345).
import { type HeartbeatRequest, type HeartbeatResponse, heartbeatApi, makeHeartbeatResponse } from "@ottla/protocol/apis/heartbeat";
import { need, wholeRequest } from "../authorisation.ts";
import type { Handler } from "../handler.ts";
import { whenAnswered } from "./when-answered.ts";

export const heartbeatHandler: Handler<HeartbeatRequest, HeartbeatResponse> = {
  api: heartbeatApi,
  minVersion: 0,
  maxVersion: 4,
  authorisation: wholeRequest([[need("READ", "GROUP", "the group"), ({ groupId }) => groupId]], (errorCode) =>
    makeHeartbeatResponse({ errorCode }),
  ),

  handle({ broker, session: { nodeId } }, { groupId, memberId, groupInstanceId, generationId }) {
    const answer = broker.groups.membership.heartbeat({ nodeId, groupId, memberId, groupInstanceId, generationId });
    return whenAnswered(answer, ({ errorCode }) => makeHeartbeatResponse({ errorCode }));
  },
};
