import { ErrorCode } from "@ottla/protocol";
import type { JoinAnswer, JoinRequest } from "./group-decision.ts";
import type { GroupMember } from "./member-table.ts";
import { chooseProtocol } from "./protocol-choice.ts";
import { completeJoinIfReady, joinAnswer, prepareRebalance, rebalance } from "./rebalance.ts";
import { joinError, syncError, type Transition } from "./transition.ts";

/**
 * A static member starts anew under its instance id: it takes the place, the role and the assignment of the old member id, which is
 * fenced from now on (KIP-345). A stable group goes on without a rebalance unless its protocol would change.
 */
export function takeOverStaticMember(t: Transition, request: JoinRequest, previous: GroupMember): void {
  const { newMemberId } = request;
  const oldLeaderId = t.group.leaderId;
  replaceMember(t, request, previous);
  t.setTimer({ kind: "session", memberId: newMemberId }, request.sessionTimeoutMs);
  switch (t.group.state) {
    case "Stable":
      if (chooseProtocol(t.group) === t.group.protocolName) {
        t.persist("required");
        t.completeJoin(newMemberId, stableAnswer(t, request, oldLeaderId));
      } else {
        rebalance(t);
      }
      return;
    case "CompletingRebalance":
      // The leader may be assigning to the old id right now.
      prepareRebalance(t);
      return;
    case "PreparingRebalance":
      completeJoinIfReady(t);
      return;
    case "Empty":
      return;
  }
}

function replaceMember(t: Transition, request: JoinRequest, previous: GroupMember): void {
  const { newMemberId, protocols, rebalanceTimeoutMs, sessionTimeoutMs, token } = request;
  const wasLeader = t.group.leaderId === previous.memberId;
  t.completeJoin(previous.memberId, joinError(ErrorCode.FENCED_INSTANCE_ID, previous.memberId));
  t.completeSync(previous.memberId, syncError(ErrorCode.FENCED_INSTANCE_ID));
  t.removeMember(previous.memberId);
  t.putMember({
    ...previous,
    memberId: newMemberId,
    protocols,
    rebalanceTimeoutMs,
    sessionTimeoutMs,
    isNew: false,
    awaitingJoin: token,
    awaitingSync: null,
  });
  if (wasLeader) t.set({ leaderId: newMemberId });
}

/**
 * Before JoinGroup v9 a returning leader is told that its old id leads, so that it takes itself for a follower and does not assign;
 * from v9 it is told plainly to skip the assignment (KIP-814).
 */
function stableAnswer(t: Transition, request: JoinRequest, oldLeaderId: string | null): JoinAnswer {
  const answer = joinAnswer(t, request.newMemberId);
  if (!request.supportsSkipAssignment) return { ...answer, leader: oldLeaderId ?? "", members: [] };
  return { ...answer, skipAssignment: t.group.leaderId === request.newMemberId };
}
