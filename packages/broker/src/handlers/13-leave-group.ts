// LeaveGroup v0-5. v3 several members, by id or instance id (KIP-345), v5 reason (KIP-800; not kept).
import { ErrorCode } from "@ottla/protocol";
import {
  type LeaveGroupRequest,
  type LeaveGroupResponse,
  leaveGroupApi,
  makeLeaveGroupResponse,
  makeMemberResponse,
} from "@ottla/protocol/apis/leave-group";
import type { LeaveAnswer } from "../groups/classic/group-decision.ts";
import { need, wholeRequest } from "../authorisation.ts";
import type { Handler } from "../handler.ts";
import { whenAnswered } from "./when-answered.ts";

export const leaveGroupHandler: Handler<LeaveGroupRequest, LeaveGroupResponse> = {
  api: leaveGroupApi,
  minVersion: 0,
  maxVersion: 5,
  authorisation: wholeRequest([[need("READ", "GROUP", "the group"), ({ groupId }) => groupId]], (errorCode) =>
    makeLeaveGroupResponse({ errorCode }),
  ),

  handle({ broker, session: { nodeId }, version }, request) {
    const members =
      version >= 3
        ? request.members.map(({ memberId, groupInstanceId }) => ({ memberId, groupInstanceId }))
        : [{ memberId: request.memberId, groupInstanceId: null }];
    return whenAnswered(broker.groups.membership.leave({ nodeId, groupId: request.groupId, members }), (answer) =>
      respond(answer, version),
    );
  },
};

function respond({ errorCode, members }: LeaveAnswer, version: number): LeaveGroupResponse {
  // Old versions know one member and one error.
  if (version < 3)
    return makeLeaveGroupResponse({ errorCode: errorCode === ErrorCode.NONE ? (members[0]?.errorCode ?? errorCode) : errorCode });
  return makeLeaveGroupResponse({ errorCode, members: members.map((member) => makeMemberResponse(member)) });
}
