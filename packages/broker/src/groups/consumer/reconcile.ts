import { ErrorCode } from "@ottla/protocol";
import type { Assignment } from "./assignors/assignment.ts";
import { type ConsumerMember, isReconciledTo, type MemberState } from "./consumer-member.ts";
import { GroupFault } from "./group-fault.ts";
import { holdsAny, NO_EPOCHS, type OwnedPartitions, type PartitionEpochs } from "./partition-epochs.ts";

/** What a member's next assignment follows from. */
export interface Reconciliation {
  readonly targetEpoch: number;
  readonly target: Assignment;
  readonly hasSubscriptionChanged: boolean;
  /** What the member says it has; `null`: nothing new. */
  readonly owned: OwnedPartitions | null;
  /** The epoch of the member that has a partition, or has yet to give it up; -1: it is free. */
  partitionEpoch(topicId: string, partition: number): number;
  isSubscribed(topicId: string): boolean;
}

/**
 * Brings a member one step nearer to its target: first it gives up what is not its any more, at its old epoch; when it has confirmed that, it goes to the target's epoch
 * and gets what is free of its target; what others have yet to give up it gets later. Throws FENCED_MEMBER_EPOCH. Source: KIP-848, "Reconciliation of the group".
 */
export function reconcile(member: ConsumerMember, r: Reconciliation): ConsumerMember {
  if (!r.hasSubscriptionChanged && isReconciledTo(member, r.targetEpoch)) return member;
  switch (member.state) {
    case "stable":
      if (member.memberEpoch !== r.targetEpoch) return nextAssignment(member, r, member.memberEpoch);
      return withoutUnsubscribed(member, r);
    case "unrevoked":
      if (!holdsAny(member.pendingRevocation, r.owned)) return nextAssignment(member, r, member.memberEpoch);
      return r.hasSubscriptionChanged ? withoutUnsubscribed(member, r) : member;
    case "unreleased":
      return nextAssignment(member, r, member.memberEpoch);
    case "unknown":
      if (r.owned === null || r.owned.length > 0) {
        throw new GroupFault(
          ErrorCode.FENCED_MEMBER_EPOCH,
          "The member's state is unknown: it must give up all its partitions and join again.",
        );
      }
      return nextAssignment(member, r, r.targetEpoch);
  }
}

/** Each topic's partitions, in the making. */
class EpochsDraft {
  readonly epochs = new Map<string, Map<number, number>>();

  add(topicId: string, partition: number, epoch: number): void {
    const partitions = this.epochs.get(topicId);
    if (partitions) partitions.set(partition, epoch);
    else this.epochs.set(topicId, new Map([[partition, epoch]]));
  }
}

function nextAssignment(member: ConsumerMember, r: Reconciliation, memberEpoch: number): ConsumerMember {
  const kept = new EpochsDraft();
  const toRevoke = new EpochsDraft();
  for (const [topicId, partitions] of member.assigned) {
    const wanted = r.isSubscribed(topicId) ? new Set(r.target.get(topicId)) : NOTHING;
    for (const [partition, epoch] of partitions) (wanted.has(partition) ? kept : toRevoke).add(topicId, partition, epoch);
  }
  if (toRevoke.epochs.size > 0 && holdsAny(toRevoke.epochs, r.owned)) {
    return moved(member, "unrevoked", memberEpoch, kept.epochs, toRevoke.epochs);
  }
  const isWaiting = takeFree(member, r, kept);
  return moved(member, isWaiting ? "unreleased" : "stable", r.targetEpoch, kept.epochs, NO_EPOCHS);
}

const NOTHING: ReadonlySet<number> = new Set();

/** Adds what is free of the target. Tells whether some of it is not. */
function takeFree(member: ConsumerMember, r: Reconciliation, kept: EpochsDraft): boolean {
  let isWaiting = false;
  for (const [topicId, partitions] of r.target) {
    if (!r.isSubscribed(topicId)) continue;
    const own = member.pendingRevocation.get(topicId);
    for (const partition of partitions) {
      if (kept.epochs.get(topicId)?.has(partition)) continue;
      if (r.partitionEpoch(topicId, partition) === -1 || own?.has(partition)) kept.add(topicId, partition, r.targetEpoch);
      else isWaiting = true;
    }
  }
  return isWaiting;
}

/** The subscription changed and there is no new target yet: what the member is no longer subscribed to goes at once. */
function withoutUnsubscribed(member: ConsumerMember, r: Reconciliation): ConsumerMember {
  const unsubscribed = [...member.assigned].filter(([topicId]) => !r.isSubscribed(topicId));
  if (unsubscribed.length === 0) return member;
  const assigned = new Map([...member.assigned].filter(([topicId]) => r.isSubscribed(topicId)));
  const pendingRevocation = new Map(member.pendingRevocation);
  for (const [topicId, partitions] of unsubscribed) {
    pendingRevocation.set(topicId, new Map([...(pendingRevocation.get(topicId) ?? []), ...partitions]));
  }
  return holdsAny(pendingRevocation, r.owned)
    ? moved(member, "unrevoked", member.memberEpoch, assigned, pendingRevocation)
    : moved(member, member.state, member.memberEpoch, assigned, member.pendingRevocation);
}

/** A member's epoch before the last move is kept, since the answer to a heartbeat may be lost. */
function moved(
  member: ConsumerMember,
  state: MemberState,
  memberEpoch: number,
  assigned: PartitionEpochs,
  pendingRevocation: PartitionEpochs,
): ConsumerMember {
  return { ...member, state, memberEpoch, previousMemberEpoch: member.memberEpoch, assigned, pendingRevocation };
}
