/** One way to assign partitions that a member offers, with the bytes the leader will read. */
export interface MemberProtocol {
  readonly name: string;
  readonly metadata: Buffer;
}

/** Names a request whose answer is still owed. Opaque to the core: the shell keeps what it stands for. */
export type RequestToken = number;

export interface GroupMember {
  readonly memberId: string;
  /** Set for static members (KIP-345). */
  readonly groupInstanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly rebalanceTimeoutMs: number;
  readonly sessionTimeoutMs: number;
  /** In the member's order of preference. */
  readonly protocols: readonly MemberProtocol[];
  readonly assignment: Buffer;
  /** True until its first JoinGroup is answered: such a member cannot send heartbeats yet. */
  readonly isNew: boolean;
  readonly awaitingJoin: RequestToken | null;
  readonly awaitingSync: RequestToken | null;
}

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
 * A group of the classic protocol (JoinGroup/SyncGroup). Values are never changed in place: the rules make a new group, so a
 * decision whose records could not be written is dropped by keeping the old one.
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
  /** By member id, in order of joining. */
  readonly members: ReadonlyMap<string, GroupMember>;
  /** Ids handed out with MEMBER_ID_REQUIRED whose owners have not come back yet. */
  readonly pendingMemberIds: ReadonlySet<string>;
  /** Members that have their JoinGroup answer but have not sent SyncGroup yet. */
  readonly pendingSyncIds: ReadonlySet<string>;
  /** Topics of all members' subscriptions; `null` when they are not known. */
  readonly subscribedTopics: ReadonlySet<string> | null;
  /** Set while an empty group's first rebalance is delayed. */
  readonly initialRebalance: InitialRebalance | null;
}

/** Any group the coordinator keeps. KIP-848 groups will join this union. */
export type Group = ClassicGroup;

export const EMPTY_ASSIGNMENT: Buffer = Buffer.alloc(0);
/** The protocol type whose metadata bytes the broker may read; those of all others belong to the application. */
export const CONSUMER_PROTOCOL_TYPE = "consumer";

const NO_MEMBERS: ReadonlyMap<string, GroupMember> = new Map();
const NO_IDS: ReadonlySet<string> = new Set();

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
    members: NO_MEMBERS,
    pendingMemberIds: NO_IDS,
    pendingSyncIds: NO_IDS,
    subscribedTopics: null,
    initialRebalance: null,
  };
}

/** The member that holds this instance id now. */
export function staticMember(group: ClassicGroup, groupInstanceId: string): GroupMember | undefined {
  for (const member of group.members.values()) {
    if (member.groupInstanceId === groupInstanceId) return member;
  }
  return undefined;
}

export function hasAllMembersJoined(group: ClassicGroup): boolean {
  if (group.pendingMemberIds.size > 0) return false;
  for (const member of group.members.values()) {
    if (member.awaitingJoin === null) return false;
  }
  return true;
}

/** How many members wait for the answer to their JoinGroup. */
export function countAwaitingJoin(group: ClassicGroup): number {
  let count = 0;
  for (const member of group.members.values()) {
    if (member.awaitingJoin !== null) count++;
  }
  return count;
}

/** The group waits as long as its most patient member. */
export function rebalanceTimeoutMs(group: ClassicGroup): number {
  let longestMs = 0;
  for (const member of group.members.values()) longestMs = Math.max(longestMs, member.rebalanceTimeoutMs);
  return longestMs;
}

/** The bytes a member offers for one protocol. */
export function protocolMetadata(member: GroupMember, protocolName: string | null): Buffer {
  return member.protocols.find((protocol) => protocol.name === protocolName)?.metadata ?? EMPTY_ASSIGNMENT;
}
