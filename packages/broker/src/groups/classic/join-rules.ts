import { ErrorCode } from "@ottla/protocol";
import { type ClassicGroup, EMPTY_ASSIGNMENT, newGroup } from "./classic-group.ts";
import type { GroupDecision, GroupLimits, JoinRequest } from "./group-decision.ts";
import { checkMember } from "./member-check.ts";
import { type GroupMember, protocolsBytes } from "./member-table.ts";
import { canJoinWith, isSameOffer } from "./protocol-choice.ts";
import { joinAnswer, rebalance } from "./rebalance.ts";
import { takeOverStaticMember } from "./static-member.ts";
import { dropMember, joinError, Transition } from "./transition.ts";

/** JoinGroup. Creates the group for a member without id. */
export function decideJoin(group: ClassicGroup | undefined, request: JoinRequest, limits: GroupLimits, nowMs: number): GroupDecision {
  if (group) {
    const t = new Transition(group, limits, nowMs);
    join(t, request);
    return t.finish();
  }
  if (request.memberId !== "") return refuseToCreate(request, ErrorCode.UNKNOWN_MEMBER_ID);
  const created = newGroup(request.groupId, nowMs);
  if (request.protocols.length > limits.protocolsPerMemberMax || !canJoinWith(created, request.protocolType, request.protocols))
    return refuseToCreate(request, ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
  const t = new Transition(created, limits, nowMs);
  // A group exists from the moment the log says so, even if its first member is not in yet.
  t.persist("required", created);
  join(t, request);
  return t.finish();
}

function refuseToCreate({ token, memberId }: JoinRequest, errorCode: number): GroupDecision {
  const answer = joinError(errorCode, memberId);
  return { soft: undefined, records: [], durability: "best-effort", timers: [], replies: [{ token, answer }] };
}

function join(t: Transition, request: JoinRequest): void {
  if (request.protocols.length > t.limits.protocolsPerMemberMax) refuse(t, request, ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
  else if (!hasRoomFor(t, request)) refuseForRoom(t, request);
  else if (!canJoinWith(t.group, request.protocolType, request.protocols)) refuse(t, request, ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
  else if (request.memberId === "") joinNew(t, request);
  else if (t.group.members.isPending(request.memberId)) joinPending(t, request);
  else rejoin(t, request);
}

/** No room: a member or pending member that came back is out of the group. */
function refuseForRoom(t: Transition, request: JoinRequest): void {
  const { memberId, token } = request;
  t.replyToJoin(token, joinError(ErrorCode.GROUP_MAX_SIZE_REACHED, ""));
  if (t.group.members.has(memberId)) {
    dropMember(t, memberId);
    rebalance(t);
  } else if (memberId !== "") {
    t.removeMember(memberId);
  }
}

function refuse(t: Transition, request: JoinRequest, errorCode: number, memberId: string = request.memberId): void {
  t.replyToJoin(request.token, joinError(errorCode, memberId));
}

/** group.max.size and the bound on memory. During a rebalance the members that are back count, so that a lowered limit drops the last ones. */
function hasRoomFor(t: Transition, request: JoinRequest): boolean {
  const { group, limits } = t;
  const member = group.members.get(request.memberId);
  if (heldBytes(group, member, request) > limits.groupHeldBytesMax) return false;
  switch (group.state) {
    case "Empty":
      return true;
    case "PreparingRebalance":
      return member?.awaitingJoin != null || group.members.awaitingJoinCount < limits.groupMaxSize;
    case "CompletingRebalance":
    case "Stable":
      return member !== undefined || group.members.size < limits.groupMaxSize;
  }
}

/** What the group would hold if the member had what it offers now. */
function heldBytes({ members }: ClassicGroup, member: GroupMember | undefined, { protocols }: JoinRequest): number {
  return members.heldBytes - (member ? protocolsBytes(member.protocols) : 0) + protocolsBytes(protocols);
}

function joinNew(t: Transition, request: JoinRequest): void {
  const { groupInstanceId, newMemberId } = request;
  const previous = groupInstanceId === null ? undefined : t.group.members.staticMember(groupInstanceId);
  if (previous) {
    takeOverStaticMember(t, request, previous);
  } else if (groupInstanceId !== null || !request.requiresMemberId) {
    addMember(t, request, newMemberId);
  } else if (t.group.members.pendingCount >= t.limits.pendingMembersMax) {
    refuse(t, request, ErrorCode.COORDINATOR_NOT_AVAILABLE);
  } else {
    t.addPending(newMemberId);
    t.setTimer({ kind: "session", memberId: newMemberId }, request.sessionTimeoutMs);
    refuse(t, request, ErrorCode.MEMBER_ID_REQUIRED, newMemberId);
  }
}

/** A member comes back with the id it was given. Only dynamic members are given ids this way. */
function joinPending(t: Transition, request: JoinRequest): void {
  if (request.groupInstanceId !== null) refuse(t, request, ErrorCode.UNKNOWN_MEMBER_ID);
  else addMember(t, request, request.memberId);
}

function addMember(t: Transition, request: JoinRequest, memberId: string): void {
  if (t.group.members.size === 0) t.set({ protocolType: request.protocolType });
  if (t.group.leaderId === null) t.set({ leaderId: memberId });
  const { initialRebalance } = t.group;
  if (initialRebalance) t.set({ initialRebalance: { ...initialRebalance, memberAdded: true } });
  t.removePending(memberId);
  t.putMember(newMember(request, memberId));
  // It cannot send heartbeats before its JoinGroup is answered, and a lost connection does not show while the request is parked:
  // without this limit the members that clients gave up on would pile up.
  t.setTimer({ kind: "session", memberId }, t.limits.newMemberJoinTimeoutMs);
  rebalance(t);
}

function newMember(request: JoinRequest, memberId: string): GroupMember {
  const { groupInstanceId, clientId, clientHost, rebalanceTimeoutMs, sessionTimeoutMs, protocols, token } = request;
  return {
    memberId,
    groupInstanceId,
    clientId,
    clientHost,
    rebalanceTimeoutMs,
    sessionTimeoutMs,
    protocols,
    assignment: EMPTY_ASSIGNMENT,
    isNew: true,
    owesSync: false,
    awaitingJoin: token,
    awaitingSync: null,
  };
}

/** A known member sends JoinGroup again. */
function rejoin(t: Transition, request: JoinRequest): void {
  const { memberId } = request;
  const errorCode = checkMember(t.group, memberId, request.groupInstanceId);
  if (errorCode !== ErrorCode.NONE) {
    refuse(t, request, errorCode);
    return;
  }
  const isUnchanged = isSameOffer(t.member(memberId).protocols, request.protocols);
  switch (t.group.state) {
    case "PreparingRebalance":
      updateAndRebalance(t, request);
      return;
    case "CompletingRebalance":
      // Perhaps the first answer was lost: it gets it again.
      if (isUnchanged) t.replyToJoin(request.token, joinAnswer(t, memberId));
      else updateAndRebalance(t, request);
      return;
    case "Stable":
      // The leader may have seen what changes the assignment without changing its subscription, such as new partitions.
      if (isUnchanged && t.group.leaderId !== memberId) t.replyToJoin(request.token, joinAnswer(t, memberId));
      else updateAndRebalance(t, request);
      return;
    case "Empty":
      refuse(t, request, ErrorCode.UNKNOWN_MEMBER_ID);
  }
}

function updateAndRebalance(t: Transition, request: JoinRequest): void {
  const { memberId, protocols, rebalanceTimeoutMs, sessionTimeoutMs, token } = request;
  const { awaitingJoin } = t.member(memberId);
  // The client gave up on its earlier request; nobody reads that answer, but every request gets one.
  if (awaitingJoin !== null) t.replyToJoin(awaitingJoin, joinError(ErrorCode.REBALANCE_IN_PROGRESS, memberId));
  t.changeMember(memberId, { protocols, rebalanceTimeoutMs, sessionTimeoutMs, awaitingJoin: token });
  rebalance(t);
}
