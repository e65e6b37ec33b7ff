import { ErrorCode } from "@ottla/protocol";
import { EMPTY_ASSIGNMENT, hasAllMembersJoined, protocolMetadata, rebalanceTimeoutMs } from "./classic-group.ts";
import type { JoinAnswer } from "./group-decision.ts";
import type { MemberTable } from "./member-table.ts";
import { chooseProtocol } from "./protocol-choice.ts";
import { subscribedTopics } from "./subscribed-topics.ts";
import { syncError, type Transition } from "./transition.ts";

/** However short a rebalance timeout the members ask for, a group that only waits looks no more often than this. */
const WAIT_FOR_STATIC_MEMBERS_MS_MIN = 1000;

/** Membership changed: begins a rebalance, or ends the running one if that was all it waited for. */
export function rebalance(t: Transition): void {
  if (t.group.state === "PreparingRebalance") completeJoinIfReady(t);
  else prepareRebalance(t);
}

/** Begins the join phase: every member must send JoinGroup again. */
export function prepareRebalance(t: Transition): void {
  if (t.group.state === "CompletingRebalance") failPendingSyncs(t, ErrorCode.REBALANCE_IN_PROGRESS);
  t.cancelTimer({ kind: "sync" });

  const isFirst = t.group.state === "Empty";
  t.moveTo("PreparingRebalance");
  if (isFirst) {
    // Members of a new deployment come one by one: better wait a little than rebalance for each of them.
    const delayMs = t.limits.initialRebalanceDelayMs;
    const remainingMs = Math.max(rebalanceTimeoutMs(t.group) - delayMs, 0);
    t.set({ initialRebalance: { delayMs, remainingMs, memberAdded: false } });
    t.setTimer({ kind: "join" }, delayMs);
  } else if (hasAllMembersJoined(t.group)) {
    completeJoin(t);
  } else {
    t.setTimer({ kind: "join" }, rebalanceTimeoutMs(t.group));
  }
}

/** Ends the join phase if nobody is waited for. The delay of a first rebalance always runs its time. */
export function completeJoinIfReady(t: Transition): void {
  const { group } = t;
  if (group.state === "PreparingRebalance" && !group.initialRebalance && hasAllMembersJoined(group)) completeJoin(t);
}

/** The join timer ran out. */
export function joinTimedOut(t: Transition): void {
  const { initialRebalance } = t.group;
  if (t.group.state !== "PreparingRebalance") return;
  if (!initialRebalance?.memberAdded || initialRebalance.remainingMs === 0) {
    completeJoin(t);
    return;
  }
  const delayMs = Math.min(t.limits.initialRebalanceDelayMs, initialRebalance.remainingMs);
  const remainingMs = Math.max(initialRebalance.remainingMs - initialRebalance.delayMs, 0);
  t.set({ initialRebalance: { delayMs, remainingMs, memberAdded: false } });
  t.setTimer({ kind: "join" }, delayMs);
}

/** Ends the join phase: whoever did not come is out, the rest are the next generation. */
export function completeJoin(t: Transition): void {
  t.cancelTimer({ kind: "join" });
  t.set({ initialRebalance: null });
  t.group.members.forEach(({ memberId, awaitingJoin, groupInstanceId }) => {
    // A static member may be restarting: only its session timeout removes it.
    if (awaitingJoin === null && groupInstanceId === null) t.removeMember(memberId);
  });
  if (t.group.members.size > 0 && !electLeader(t)) {
    // Only absent static members are left; wait for them or for the end of their sessions.
    t.setTimer({ kind: "join" }, Math.max(rebalanceTimeoutMs(t.group), WAIT_FOR_STATIC_MEMBERS_MS_MIN));
    return;
  }
  t.set({ generationId: t.group.generationId + 1 });
  if (t.group.members.size === 0) becomeEmpty(t);
  else startSyncPhase(t);
}

/** Makes sure that a member that is here leads; false if no member is. */
function electLeader(t: Transition): boolean {
  const { leaderId, members } = t.group;
  if (leaderId !== null && members.get(leaderId)?.awaitingJoin != null) return true;
  for (const member of members.values()) {
    if (member.awaitingJoin === null) continue;
    t.set({ leaderId: member.memberId });
    return true;
  }
  return false;
}

function becomeEmpty(t: Transition): void {
  t.set({ protocolName: null });
  t.set({ subscribedTopics: subscribedTopics(t.group) });
  t.moveTo("Empty");
  // If this is lost, the last generation comes back at the next start and its sessions run out.
  t.persist("best-effort");
}

function startSyncPhase(t: Transition): void {
  t.set({ protocolName: chooseProtocol(t.group) });
  t.set({ subscribedTopics: subscribedTopics(t.group) });
  t.moveTo("CompletingRebalance");
  t.group.members.forEach((member) => {
    const { memberId, sessionTimeoutMs, awaitingJoin } = member;
    if (awaitingJoin !== null) t.replyToJoin(awaitingJoin, joinAnswer(t, memberId));
    t.putMember({ ...member, awaitingJoin: null, isNew: false, owesSync: true });
    t.setTimer({ kind: "session", memberId }, sessionTimeoutMs);
  });
  t.setTimer({ kind: "sync" }, rebalanceTimeoutMs(t.group));
}

/** The current generation as one member is told of it; the leader also learns who the others are. */
export function joinAnswer(t: Transition, memberId: string): JoinAnswer {
  const { generationId, protocolType, protocolName, leaderId, members } = t.group;
  return {
    errorCode: ErrorCode.NONE,
    memberId,
    generationId,
    protocolType,
    protocolName,
    leader: leaderId ?? "",
    skipAssignment: false,
    members: memberId === leaderId ? offersOf(members, protocolName) : [],
  };
}

function offersOf(members: MemberTable, protocolName: string | null): JoinAnswer["members"] {
  const offers: JoinAnswer["members"][number][] = [];
  members.forEach((member) => {
    const { memberId, groupInstanceId } = member;
    offers.push({ memberId, groupInstanceId, metadata: protocolMetadata(member, protocolName) });
  });
  return offers;
}

/** Members wait for an assignment that will not come: they get the error and no assignment. */
export function failPendingSyncs(t: Transition, errorCode: number): void {
  t.group.members.forEach(({ memberId, sessionTimeoutMs }) => {
    t.changeMember(memberId, { assignment: EMPTY_ASSIGNMENT });
    if (t.completeSync(memberId, syncError(errorCode))) t.setTimer({ kind: "session", memberId }, sessionTimeoutMs);
  });
}

/** The member has sent its SyncGroup; with the last one the timer has done its work. */
export function syncArrived(t: Transition, memberId: string): void {
  if (!t.member(memberId).owesSync) return;
  t.changeMember(memberId, { owesSync: false });
  if (t.group.members.owingSyncCount === 0) t.cancelTimer({ kind: "sync" });
}

/** The sync timer ran out: members that took their JoinGroup answer and went silent are dropped. */
export function syncTimedOut(t: Transition): void {
  const { state, members } = t.group;
  if (members.owingSyncCount === 0 || (state !== "CompletingRebalance" && state !== "Stable")) return;
  members.forEach(({ memberId, owesSync }) => {
    if (owesSync) t.removeMember(memberId);
  });
  prepareRebalance(t);
}
