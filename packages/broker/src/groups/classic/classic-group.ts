import { type GroupMember, MemberTable } from "./member-table.ts";

/** As Kafka prints them; an absent group is reported as "Dead". */
export type GroupState = "Empty" | "PreparingRebalance" | "CompletingRebalance" | "Stable";

/** How long the first rebalance of an empty group still waits for more members (group.initial.rebalance.delay.ms). */
interface InitialRebalance {
  readonly delayMs: number;
  /** What may still be added to the delay, in all. */
  readonly remainingMs: number;
  /** A member joined since the delay began, so it is worth waiting on. */
  readonly memberAdded: boolean;
}

/**
 * A group of the classic protocol (JoinGroup/SyncGroup) as it is between two records of the log. The rules make a new value and a draft of the members, so a
 * decision whose records could not be written is dropped by keeping the old one; see {@link settled}.
 */
export interface ClassicGroup {
  readonly type: "classic";
  readonly groupId: string;
  readonly state: GroupState;
  /** Wall time of the last change of `state`; -1 when the log does not tell. */
  readonly stateTimestampMs: number;
  readonly generationId: number;
  /** `null` until the first member joins: a simple group, which only stores offsets. */
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  readonly leaderId: string | null;
  readonly members: MemberTable;
  /** Topics of all members' subscriptions; `null` when they are not known. */
  readonly subscribedTopics: ReadonlySet<string> | null;
  /** Set while an empty group's first rebalance is delayed. */
  readonly initialRebalance: InitialRebalance | null;
}

export const EMPTY_ASSIGNMENT: Buffer = Buffer.alloc(0);
/** The protocol type whose metadata bytes the broker may read; those of all others belong to the application. */
export const CONSUMER_PROTOCOL_TYPE = "consumer";

export function newGroup(groupId: string, nowMs: number): ClassicGroup {
  return {
    type: "classic",
    groupId,
    state: "Empty",
    stateTimestampMs: nowMs,
    generationId: 0,
    protocolType: null,
    protocolName: null,
    leaderId: null,
    members: new MemberTable(),
    subscribedTopics: null,
    initialRebalance: null,
  };
}

export function hasAllMembersJoined({ members }: ClassicGroup): boolean {
  return members.pendingCount === 0 && members.awaitingJoinCount === members.size;
}

/** The group waits as long as its most patient member. */
export function rebalanceTimeoutMs(group: ClassicGroup): number {
  let longestMs = 0;
  group.members.forEach((member) => {
    longestMs = Math.max(longestMs, member.rebalanceTimeoutMs);
  });
  return longestMs;
}

/** The bytes a member offers for one protocol. */
export function protocolMetadata(member: GroupMember, protocolName: string | null): Buffer {
  return member.protocols.find((protocol) => protocol.name === protocolName)?.metadata ?? EMPTY_ASSIGNMENT;
}

/** A decision's group as the one that counts from now on. The value that it was decided about must not be used any more. */
export function settled(group: ClassicGroup): ClassicGroup {
  return { ...group, members: group.members.settle() };
}
