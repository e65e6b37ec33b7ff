// LeaveGroup v0-5. v3 several members, by id or instance id (KIP-345), v5 reason (KIP-800; not kept).
import type { Clock } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import {
  type LeaveGroupRequest,
  type LeaveGroupResponse,
  leaveGroupApi,
  makeLeaveGroupResponse,
  makeMemberResponse,
} from "@ottla/protocol/apis/leave-group";
import type { LeaveAnswer, LeaveInput } from "../groups/classic/group-decision.ts";
import { need, wholeRequest } from "../authorisation.ts";
import type { Handler } from "../handler.ts";
import { whenAnswered } from "./when-answered.ts";

/** So many take a few ms. */
const LEAVING_AT_ONCE = 1000;

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
    const leave = (some: LeaveInput["members"]) => broker.groups.membership.leave({ nodeId, groupId: request.groupId, members: some });
    const answer = members.length <= LEAVING_AT_ONCE ? leave(members) : leaveInTurns(members, leave, broker.clock);
    return whenAnswered(answer, (given) => respond(given, version));
  },
};

/** As if they came in several requests, one after the other: what happened to each stands in one answer; the first error of the whole group ends it, and who has left by then has left. */
async function leaveInTurns(
  members: LeaveInput["members"],
  leave: (some: LeaveInput["members"]) => LeaveAnswer | Promise<LeaveAnswer>,
  clock: Pick<Clock, "nextTurn">,
): Promise<LeaveAnswer> {
  const left: LeaveAnswer["members"][number][] = [];
  for (let from = 0; from < members.length; from += LEAVING_AT_ONCE) {
    if (from > 0) await new Promise<void>((resolve) => clock.nextTurn(resolve));
    const answer = await leave(members.slice(from, from + LEAVING_AT_ONCE));
    if (answer.errorCode !== ErrorCode.NONE) return answer;
    left.push(...answer.members);
  }
  return { errorCode: ErrorCode.NONE, members: left };
}

function respond({ errorCode, members }: LeaveAnswer, version: number): LeaveGroupResponse {
  // Old versions know one member and one error.
  if (version < 3)
    return makeLeaveGroupResponse({ errorCode: errorCode === ErrorCode.NONE ? (members[0]?.errorCode ?? errorCode) : errorCode });
  return makeLeaveGroupResponse({ errorCode, members: members.map((member) => makeMemberResponse(member)) });
}
