import { ErrorCode } from "@ottla/protocol";
import type { RequestToken } from "../../coordinator/coordinator-spec.ts";
import { hasAllMembersJoined } from "./classic-group.ts";
import type { HeartbeatInput, LeaveInput, MemberIdentity } from "./group-decision.ts";
import { checkGeneration, checkMember } from "./member-check.ts";
import { completeJoin, rebalance } from "./rebalance.ts";
import { dropMember, type Transition } from "./transition.ts";

/** Heartbeat: prolongs the session and carries the news of a rebalance. */
export function decideHeartbeat(t: Transition, request: HeartbeatInput & { readonly token: RequestToken }): void {
  const { memberId, token } = request;
  const errorCode = checkGeneration(t.group, memberId, request.groupInstanceId, request.generationId);
  if (errorCode !== ErrorCode.NONE) {
    t.replyToHeartbeat(token, errorCode);
    return;
  }
  t.setTimer({ kind: "session", memberId }, t.member(memberId).sessionTimeoutMs);
  // In CompletingRebalance the member has just joined: nothing to do but wait for its assignment.
  t.replyToHeartbeat(token, t.group.state === "PreparingRebalance" ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE);
}

/** LeaveGroup: removes members by id or, for an administrator, by instance id alone; each has its own result. */
export function decideLeave(t: Transition, request: LeaveInput & { readonly token: RequestToken }): void {
  const members = request.members.map((identity) => ({ ...identity, errorCode: leave(t, identity) }));
  t.replyToLeave(request.token, { errorCode: ErrorCode.NONE, members });
  if (members.some(({ errorCode }) => errorCode === ErrorCode.NONE) && t.group.state !== "Empty") rebalance(t);
}

function leave(t: Transition, { memberId, groupInstanceId }: MemberIdentity): number {
  if (memberId === "") {
    const member = groupInstanceId === null ? undefined : t.group.members.staticMember(groupInstanceId);
    if (!member) return ErrorCode.UNKNOWN_MEMBER_ID;
    dropMember(t, member.memberId);
    return ErrorCode.NONE;
  }
  if (t.group.members.isPending(memberId)) {
    t.removeMember(memberId);
    return ErrorCode.NONE;
  }
  const errorCode = checkMember(t.group, memberId, groupInstanceId);
  if (errorCode === ErrorCode.NONE) dropMember(t, memberId);
  return errorCode;
}

/** A session ran out, or a pending member did not come back. */
export function sessionTimedOut(t: Transition, memberId: string): void {
  const { group } = t;
  const member = group.members.get(memberId);
  if (group.members.isPending(memberId)) {
    t.removeMember(memberId);
    if (t.group.state === "PreparingRebalance" && hasAllMembersJoined(t.group)) completeJoin(t);
    return;
  }
  // A parked request shows that the member lives; a new member's is limited all the same, since its client may be long gone.
  if (!member || (!member.isNew && (member.awaitingJoin !== null || member.awaitingSync !== null))) return;
  dropMember(t, memberId);
  if (t.group.state !== "PreparingRebalance") rebalance(t);
  else if (hasAllMembersJoined(t.group)) completeJoin(t);
}
