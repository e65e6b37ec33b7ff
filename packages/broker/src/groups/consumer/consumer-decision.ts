import type { Reply, RequestToken, TimerChange } from "../../coordinator/coordinator-spec.ts";
import type { ClassicGroup } from "../classic/classic-group.ts";
import type { ClassicAnswer, GroupLimits, GroupTimer } from "../classic/group-decision.ts";
import type { GroupRecord } from "../group-records.ts";
import type { Assignment } from "./assignors/assignment.ts";
import type { ResolvedRegex } from "./consumer-records.ts";
import type { OwnedPartitions, PartitionEpochs } from "./partition-epochs.ts";
import type { TopicCatalog } from "./topic-catalog.ts";

/** ConsumerGroupHeartbeat. `null` fields: as before. */
export interface ConsumerHeartbeat {
  readonly groupId: string;
  readonly memberId: string;
  /** 0 joins, -1 leaves, -2 leaves for a while. */
  readonly memberEpoch: number;
  readonly instanceId: string | null;
  readonly rackId: string | null;
  /** -1: as before. */
  readonly rebalanceTimeoutMs: number;
  readonly subscribedTopicNames: readonly string[] | null;
  readonly subscribedTopicRegex: string | null;
  readonly serverAssignor: string | null;
  /** What the member has. */
  readonly owned: OwnedPartitions | null;
  readonly clientId: string;
  readonly clientHost: string;
}

export interface ConsumerHeartbeatAnswer {
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly memberId: string | null;
  readonly memberEpoch: number;
  readonly heartbeatIntervalMs: number;
  /** What the member is to have; `null`: as before. */
  readonly assignment: PartitionEpochs | null;
}

/** What happens to a consumer group beside what its classic members send. */
export type ConsumerInput =
  | { readonly kind: "consumer-heartbeat"; readonly token: RequestToken; readonly request: ConsumerHeartbeat }
  | { readonly kind: "member-timeout"; readonly timer: MemberTimer }
  /** Regular expressions were looked up in the catalogue. */
  | { readonly kind: "regexes-resolved"; readonly token: RequestToken; readonly resolved: ReadonlyMap<string, ResolvedRegex> }
  /** Part of an assignment that was worked out beside the requests. */
  | { readonly kind: "target-part"; readonly token: RequestToken; readonly job: AssignmentJob; readonly changes: readonly TargetChange[] }
  /** All parts of it are written. */
  | { readonly kind: "target-done"; readonly token: RequestToken; readonly job: AssignmentJob };

/** An assignment that is worked out beside the requests, and what it started from. */
export interface AssignmentJob {
  readonly groupEpoch: number;
  /** The epoch of the target it follows; if another came meanwhile, this one is dropped. */
  readonly assignmentEpoch: number;
}

export interface TargetChange {
  readonly memberId: string;
  /** A static member may have another member id by the time the change is written. */
  readonly instanceId: string | null;
  readonly target: Assignment;
}

export interface BackgroundAnswer {
  readonly errorCode: number;
}

/** Timers of one member; a member has at most one of each kind. */
export type MemberTimer =
  | { readonly kind: "member-session"; readonly memberId: string }
  /** The time it has to give partitions up, while it has this epoch. */
  | { readonly kind: "member-revocation"; readonly memberId: string; readonly memberEpoch: number }
  /** The time a classic member has to send JoinGroup, and then SyncGroup. */
  | { readonly kind: "member-rejoin"; readonly memberId: string }
  | { readonly kind: "member-sync"; readonly memberId: string };

/** A change of what the log does not keep: the group's subscriptions were compared with the topics of this revision. */
export interface CheckedTopics {
  readonly type: "checked-topics";
  readonly revision: number;
}

/** The group may have become a classic one, or have been one until now. */
export type AnyTimer = GroupTimer | MemberTimer;
export type AnyAnswer = ClassicAnswer | ConsumerHeartbeatAnswer | BackgroundAnswer;

/** See the runtime's `Decision`. */
export interface ConsumerDecision {
  readonly records: readonly GroupRecord[];
  readonly durability: "required" | "best-effort" | "piecemeal";
  readonly soft?: ClassicGroup | CheckedTopics | undefined;
  readonly timers: readonly TimerChange<AnyTimer>[];
  readonly replies: readonly Reply<AnyAnswer>[];
}

/** The settings that one consumer group follows. */
export interface ConsumerSettings {
  readonly sessionTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  readonly assignmentIntervalMs: number;
  /** group.consumer.max.size */
  readonly groupMaxSize: number;
  /** The assignors that members may ask for, the default one first. */
  readonly assignors: readonly string[];
  readonly canUpgrade: boolean;
  readonly canDowngrade: boolean;
  readonly regexRefreshIntervalMs: number;
}

/** What the rules see beside the group. */
export interface ConsumerEnvironment {
  readonly topics: TopicCatalog;
  readonly settings: ConsumerSettings;
  /** For groups that become classic. */
  readonly classicLimits: GroupLimits;
  /** Wall time. */
  readonly nowMs: number;
  /** Why a regular expression cannot be used. */
  patternFault(regex: string): string | undefined;
}
