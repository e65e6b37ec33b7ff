import type { ClassicGroup, MemberProtocol, RequestToken } from "./classic-group.ts";
import type { CoordinatorRecord } from "./coordinator-records.ts";

/** What happens to one group. Byte fields are kept, so they must be copies of the request's. */
export type GroupInput =
  | ({ readonly kind: "join"; readonly token: RequestToken } & JoinInput)
  | ({ readonly kind: "sync"; readonly token: RequestToken } & SyncInput)
  | ({ readonly kind: "heartbeat"; readonly token: RequestToken } & HeartbeatInput)
  | ({ readonly kind: "leave"; readonly token: RequestToken } & LeaveInput)
  /** A timer set by an earlier decision ran out. */
  | { readonly kind: "timeout"; readonly timer: GroupTimer }
  /** The group came back from the log: its members' sessions begin now. */
  | { readonly kind: "loaded" };

export interface JoinInput {
  readonly groupId: string;
  readonly memberId: string;
  /** The id to give if the member has none. */
  readonly newMemberId: string;
  readonly groupInstanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly protocolType: string;
  readonly protocols: readonly MemberProtocol[];
  /** From JoinGroup v4 a dynamic member must come back with the id it was given (KIP-394). */
  readonly requiresMemberId: boolean;
  /** From JoinGroup v9 a returning static leader is told that it need not assign (KIP-814). */
  readonly supportsSkipAssignment: boolean;
}

export interface SyncInput {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly generationId: number;
  /** `null` before SyncGroup v5. */
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  readonly assignments: readonly { readonly memberId: string; readonly assignment: Buffer }[];
}

export interface HeartbeatInput {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly generationId: number;
}

export interface MemberIdentity {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
}

export interface LeaveInput {
  readonly members: readonly MemberIdentity[];
}

export interface JoinAnswer {
  readonly errorCode: number;
  readonly memberId: string;
  readonly generationId: number;
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  readonly leader: string;
  readonly skipAssignment: boolean;
  /** For the leader alone. */
  readonly members: readonly { readonly memberId: string; readonly groupInstanceId: string | null; readonly metadata: Buffer }[];
}

export interface SyncAnswer {
  readonly errorCode: number;
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  readonly assignment: Buffer;
}

export interface HeartbeatAnswer {
  readonly errorCode: number;
}

export interface LeaveAnswer {
  readonly errorCode: number;
  readonly members: readonly (MemberIdentity & { readonly errorCode: number })[];
}

/** One request's answer; a request gets exactly one. */
export type GroupReply =
  | { readonly kind: "join"; readonly token: RequestToken; readonly answer: JoinAnswer }
  | { readonly kind: "sync"; readonly token: RequestToken; readonly answer: SyncAnswer }
  | { readonly kind: "heartbeat"; readonly token: RequestToken; readonly answer: HeartbeatAnswer }
  | { readonly kind: "leave"; readonly token: RequestToken; readonly answer: LeaveAnswer };

/** A group has at most one timer of each name; setting it again replaces it. */
export type GroupTimer =
  /** The end of the join phase: members that did not rejoin are dropped. */
  | { readonly kind: "join" }
  /** Members that did not send SyncGroup are dropped. */
  | { readonly kind: "sync" }
  /** A member's session, or the time a pending member has to come back. */
  | { readonly kind: "session"; readonly memberId: string };

/** `delayMs` null takes the timer back. */
export interface TimerChange {
  readonly timer: GroupTimer;
  readonly delayMs: number | null;
}

/**
 * What a rule wants done, in this order: write `records`; then, and only then, keep `group`, set `timers` and send `replies`.
 * Should the write fail, drop all of it and ask `decideAppendFailure`, unless the records are only `"best-effort"`.
 */
export interface GroupDecision {
  /** The group from now on; `undefined` while there is none. */
  readonly group: ClassicGroup | undefined;
  readonly records: readonly CoordinatorRecord[];
  readonly durability: "required" | "best-effort";
  readonly timers: readonly TimerChange[];
  readonly replies: readonly GroupReply[];
}

/** Bounds and delays, in Kafka's terms. */
export interface GroupLimits {
  /** group.max.size */
  readonly groupMaxSize: number;
  /** group.initial.rebalance.delay.ms */
  readonly initialRebalanceDelayMs: number;
  /** How long a new member may wait in its first JoinGroup. */
  readonly newMemberJoinTimeoutMs: number;
  /** Ids handed out and not yet used, per group. */
  readonly pendingMembersMax: number;
  /** Sum of all members' protocol metadata. */
  readonly groupMetadataBytesMax: number;
}
