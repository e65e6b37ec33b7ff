import type { Reply, RequestToken, TimerChange } from "../../coordinator/coordinator-spec.ts";
import type { GroupRecord } from "../group-records.ts";
import type { ClassicGroup } from "./classic-group.ts";
import type { MemberProtocol } from "./member-table.ts";

/** What happens to one classic group. Byte fields are kept, so they must be copies of the request's. */
export type ClassicInput =
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

/** A JoinGroup that waits for its answer. */
export type JoinRequest = JoinInput & { readonly token: RequestToken };

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

/** What a request of the membership is answered with. */
export type ClassicAnswer = JoinAnswer | SyncAnswer | HeartbeatAnswer | LeaveAnswer;

/** A group has at most one timer of each name; setting it again replaces it. */
export type GroupTimer =
  /** The end of the join phase: members that did not rejoin are dropped. */
  | { readonly kind: "join" }
  /** Members that did not send SyncGroup are dropped. */
  | { readonly kind: "sync" }
  /** A member's session, or the time a pending member has to come back. */
  | { readonly kind: "session"; readonly memberId: string };

/** See the runtime's `Decision`: `soft` is the group from now on, `undefined` while there is none. */
export interface GroupDecision {
  readonly soft: ClassicGroup | undefined;
  readonly records: readonly GroupRecord[];
  readonly durability: "required" | "best-effort";
  readonly timers: readonly TimerChange<GroupTimer>[];
  readonly replies: readonly Reply<ClassicAnswer>[];
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
  /** Protocols that one member may offer. */
  readonly protocolsPerMemberMax: number;
  /** What the members of one group may hold of the broker's memory, protocol metadata above all. */
  readonly groupHeldBytesMax: number;
}
