import { ErrorCode } from "@ottla/protocol";
import type { RequestToken } from "../../coordinator/coordinator-spec.ts";
import { type ClassicGroup, EMPTY_ASSIGNMENT } from "./classic-group.ts";
import type { SyncInput } from "./group-decision.ts";
import { checkGeneration } from "./member-check.ts";
import { syncArrived } from "./rebalance.ts";
import { syncError, type Transition } from "./transition.ts";

export type SyncRequest = SyncInput & { readonly token: RequestToken };

/** SyncGroup: followers wait for the leader's assignment, which ends the rebalance. */
export function decideSync(t: Transition, request: SyncRequest): void {
  const errorCode = checkSync(t.group, request);
  if (errorCode !== ErrorCode.NONE) {
    t.replyToSync(request.token, syncError(errorCode));
    return;
  }
  const { memberId, token } = request;
  const { awaitingSync } = t.member(memberId);
  if (awaitingSync !== null) t.completeSync(memberId, syncError(ErrorCode.REBALANCE_IN_PROGRESS));
  syncArrived(t, memberId);
  t.changeMember(memberId, { awaitingSync: token });
  if (t.group.state === "Stable") answerSync(t, memberId);
  else if (t.group.leaderId === memberId) completeSyncPhase(t, request);
}

function checkSync(group: ClassicGroup, request: SyncRequest): number {
  const errorCode = checkGeneration(group, request.memberId, request.groupInstanceId, request.generationId);
  if (errorCode !== ErrorCode.NONE) return errorCode;
  if (differs(request.protocolType, group.protocolType) || differs(request.protocolName, group.protocolName)) {
    return ErrorCode.INCONSISTENT_GROUP_PROTOCOL;
  }
  return group.state === "PreparingRebalance" ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE;
}

/** Requests before v5 say nothing, and nothing never differs. */
function differs(said: string | null, actual: string | null): boolean {
  return said !== null && actual !== null && said !== actual;
}

/** The leader has assigned: the generation is complete. Whoever it forgot gets nothing. */
function completeSyncPhase(t: Transition, request: SyncRequest): void {
  const assignments = new Map<string, Buffer>();
  for (const { memberId, assignment } of request.assignments) assignments.set(memberId, assignment);
  const { protocolType, protocolName } = t.group;
  t.group.members.forEach((member) => {
    const { memberId, sessionTimeoutMs, awaitingSync } = member;
    const assignment = assignments.get(memberId) ?? EMPTY_ASSIGNMENT;
    t.putMember({ ...member, assignment, awaitingSync: null });
    if (awaitingSync === null) return;
    t.replyToSync(awaitingSync, { errorCode: ErrorCode.NONE, protocolType, protocolName, assignment });
    // A session that ran out while the member waited was let pass; it counts again from here.
    t.setTimer({ kind: "session", memberId }, sessionTimeoutMs);
  });
  t.moveTo("Stable");
  t.persist("required");
}

function answerSync(t: Transition, memberId: string): void {
  const { protocolType, protocolName } = t.group;
  const { assignment } = t.member(memberId);
  t.completeSync(memberId, { errorCode: ErrorCode.NONE, protocolType, protocolName, assignment });
}
