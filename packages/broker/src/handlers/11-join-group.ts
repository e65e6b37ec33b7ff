// JoinGroup v0-9. v1 rebalance timeout (KIP-62), v4 MEMBER_ID_REQUIRED (KIP-394), v5 static members (KIP-345), v7 protocol type (KIP-559),
// v8 reason (KIP-800; not kept), v9 skip_assignment (KIP-814). Advertised from v0, which old librdkafka looks for.
import { madeWhenWritten } from "@ottla/protocol";
import {
  type JoinGroupRequest,
  type JoinGroupResponse,
  joinGroupApi,
  makeJoinGroupResponse,
  makeJoinGroupResponseMember,
} from "@ottla/protocol/apis/join-group";
import type { JoinAnswer } from "../groups/classic/group-decision.ts";
import { keptProtocols } from "../groups/classic/kept-protocols.ts";
import { need, wholeRequest } from "../authorisation.ts";
import type { Handler } from "../handler.ts";
import { whenAnswered } from "./when-answered.ts";

export const joinGroupHandler: Handler<JoinGroupRequest, JoinGroupResponse> = {
  api: joinGroupApi,
  minVersion: 0,
  maxVersion: 9,
  authorisation: wholeRequest([[need("READ", "GROUP", "the group"), ({ groupId }) => groupId]], (errorCode, _, { version }) =>
    makeJoinGroupResponse({ errorCode, protocolName: version >= 7 ? null : "" }),
  ),
  /** A member's metadata for all the protocols that it knows. */
  maxRequestBytes: 4 * 1024 * 1024,

  handle({ broker, session, version, clientId }, request) {
    const answer = broker.groups.membership.join({
      nodeId: session.nodeId,
      closed: session.closed,
      groupId: request.groupId,
      memberId: request.memberId,
      groupInstanceId: request.groupInstanceId,
      clientId: clientId ?? "",
      clientHost: session.clientHost,
      sessionTimeoutMs: request.sessionTimeoutMs,
      // Before KIP-62 one timeout served for both.
      rebalanceTimeoutMs: version === 0 ? request.sessionTimeoutMs : request.rebalanceTimeoutMs,
      protocolType: request.protocolType,
      protocols: keptProtocols(request.protocols),
      requiresMemberId: version >= 4,
      supportsSkipAssignment: version >= 9,
    });
    return whenAnswered(answer, (joined) => respond(joined, version));
  },
};

function respond(
  { errorCode, generationId, protocolType, protocolName, leader, skipAssignment, memberId, members }: JoinAnswer,
  version: number,
): JoinGroupResponse {
  return makeJoinGroupResponse({
    errorCode,
    generationId,
    protocolType,
    // Nullable from v7 on.
    protocolName: version >= 7 ? protocolName : (protocolName ?? ""),
    leader,
    skipAssignment,
    memberId,
    members: madeWhenWritten(members, makeJoinGroupResponseMember),
  });
}
