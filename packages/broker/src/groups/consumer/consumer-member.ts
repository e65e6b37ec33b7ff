import type { MemberProtocol } from "../classic/member-table.ts";
import { isSameOffer } from "../classic/protocol-choice.ts";
import { isSameEpochs, NO_EPOCHS, type PartitionEpochs } from "./partition-epochs.ts";
import { TopicNames } from "./topic-names.ts";

/**
 * Where a member stands on its way to its target: "stable", all done; "unrevoked", it has yet to give partitions up; "unreleased", it waits for partitions that
 * others have not given up. "unknown": a newer version wrote the log.
 */
export type MemberState = "stable" | "unrevoked" | "unreleased" | "unknown";

/** A static member that has gone for a while has this epoch. */
export const LEFT_FOR_A_WHILE = -2;
export const LEFT = -1;
export const JOINS = 0;

/** What a member that speaks the classic protocol (JoinGroup) adds. */
interface ClassicMembership {
  readonly sessionTimeoutMs: number;
  readonly protocols: readonly MemberProtocol[];
}

/** What a member says of itself, as the log keeps it. */
export interface MemberMetadata {
  readonly instanceId: string | null;
  readonly rackId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly subscribedTopicNames: TopicNames;
  /** "": none. */
  readonly subscribedTopicRegex: string;
  readonly rebalanceTimeoutMs: number;
  readonly serverAssignor: string | null;
  /** `null` for members of the consumer protocol. */
  readonly classic: ClassicMembership | null;
}

/** What a member has, as the log keeps it. */
export interface CurrentAssignment {
  readonly memberEpoch: number;
  readonly previousMemberEpoch: number;
  readonly state: MemberState;
  readonly assigned: PartitionEpochs;
  readonly pendingRevocation: PartitionEpochs;
}

/** One member of a consumer group. */
export interface ConsumerMember extends MemberMetadata, CurrentAssignment {
  readonly memberId: string;
}

export function newMember(memberId: string): ConsumerMember {
  return {
    memberId,
    memberEpoch: 0,
    previousMemberEpoch: -1,
    state: "stable",
    instanceId: null,
    rackId: null,
    rebalanceTimeoutMs: -1,
    clientId: "",
    clientHost: "",
    subscribedTopicNames: TopicNames.none,
    subscribedTopicRegex: "",
    serverAssignor: null,
    assigned: NO_EPOCHS,
    pendingRevocation: NO_EPOCHS,
    classic: null,
  };
}

/** Whether a member has all that the target of this epoch gives it, and nothing else. */
export function isReconciledTo(member: ConsumerMember, assignmentEpoch: number): boolean {
  return member.state === "stable" && member.memberEpoch === assignmentEpoch;
}

export function isSameMetadata(one: MemberMetadata, other: MemberMetadata): boolean {
  return (
    one === other ||
    (one.instanceId === other.instanceId &&
      one.rackId === other.rackId &&
      one.clientId === other.clientId &&
      one.clientHost === other.clientHost &&
      one.rebalanceTimeoutMs === other.rebalanceTimeoutMs &&
      one.serverAssignor === other.serverAssignor &&
      one.subscribedTopicRegex === other.subscribedTopicRegex &&
      one.subscribedTopicNames.equals(other.subscribedTopicNames) &&
      isSameClassic(one.classic, other.classic))
  );
}

function isSameClassic(one: ClassicMembership | null, other: ClassicMembership | null): boolean {
  if (one === null || other === null) return one === other;
  return one.sessionTimeoutMs === other.sessionTimeoutMs && isSameOffer(one.protocols, other.protocols);
}

export function isSameCurrent(one: CurrentAssignment, other: CurrentAssignment): boolean {
  return (
    one === other ||
    (one.memberEpoch === other.memberEpoch &&
      one.previousMemberEpoch === other.previousMemberEpoch &&
      one.state === other.state &&
      isSameEpochs(one.assigned, other.assigned) &&
      isSameEpochs(one.pendingRevocation, other.pendingRevocation))
  );
}
