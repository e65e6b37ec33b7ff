import type { StreamsGroupTopologyValue } from "@ottla/protocol/data/streams-group-topology-value";
import type { Reply, RequestToken, TimerChange } from "../../coordinator/coordinator-spec.ts";
import type { ClassicGroup } from "../classic/classic-group.ts";
import type { ClassicAnswer, GroupLimits, GroupTimer } from "../classic/group-decision.ts";
import type { AssignmentJob, BackgroundAnswer, MemberTimer } from "../consumer/consumer-decision.ts";
import type { TopicCatalog } from "../consumer/topic-catalog.ts";
import type { GroupRecord } from "../group-records.ts";
import type { StreamsSoft } from "./streams-group.ts";
import type { UserEndpoint } from "./streams-member.ts";
import type { HeldTasks, ListedTasks, TaskTuple } from "./tasks.ts";
import type { InternalTopicOrder } from "./topology/configure-topology.ts";
import type { StreamsStatusName } from "./topology/topology-problem.ts";

/** How far the state of one task is. */
export interface TaskOffset {
  readonly subtopologyId: string;
  readonly partition: number;
  readonly offset: number;
}

/** StreamsGroupHeartbeat. `null` fields: as before. */
export interface StreamsHeartbeat {
  readonly groupId: string;
  readonly memberId: string;
  /** 0 joins, -1 leaves, -2 leaves for a while. */
  readonly memberEpoch: number;
  /** Of what the member knows of who can be asked. */
  readonly endpointInformationEpoch: number;
  readonly instanceId: string | null;
  readonly rackId: string | null;
  /** -1: as before. */
  readonly rebalanceTimeoutMs: number;
  readonly topology: StreamsGroupTopologyValue | null;
  readonly activeTasks: readonly ListedTasks[] | null;
  readonly standbyTasks: readonly ListedTasks[] | null;
  readonly warmupTasks: readonly ListedTasks[] | null;
  readonly processId: string | null;
  readonly userEndpoint: UserEndpoint | null;
  readonly clientTags: readonly { readonly key: string; readonly value: string }[] | null;
  readonly taskOffsets: readonly TaskOffset[] | null;
  readonly taskEndOffsets: readonly TaskOffset[] | null;
  readonly shutdownApplication: boolean;
  readonly clientId: string;
  readonly clientHost: string;
  /** Of the request; the first does not know all statuses. */
  readonly version: number;
}

export interface StreamsStatus {
  readonly name: StreamsStatusName;
  readonly detail: string;
}

/** Partitions by topic that can be asked for at one process. */
export interface EndpointPartitions {
  readonly endpoint: UserEndpoint;
  readonly active: ReadonlyMap<string, readonly number[]>;
  readonly standby: ReadonlyMap<string, readonly number[]>;
}

export interface StreamsHeartbeatAnswer {
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly memberId: string;
  readonly memberEpoch: number;
  readonly heartbeatIntervalMs: number;
  readonly taskOffsetIntervalMs: number;
  readonly acceptableRecoveryLag: number;
  readonly statuses: readonly StreamsStatus[];
  /** What the member is to have; `null`: as before. */
  readonly tasks: HeldTasks | null;
  readonly endpointInformationEpoch: number;
  readonly endpoints: readonly EndpointPartitions[] | null;
  /** Topics of the application's own that are missing, for whoever may make them. */
  readonly toBeCreated: readonly InternalTopicOrder[];
}

/** A new group has waited long enough for more members. */
export interface FirstAssignmentTimer {
  readonly kind: "first-assignment";
}

/** What happens to a streams group. */
export type StreamsInput =
  | { readonly kind: "streams-heartbeat"; readonly token: RequestToken; readonly request: StreamsHeartbeat }
  | { readonly kind: "first-assignment-due" }
  /** Part of an assignment that was worked out beside the requests. */
  | {
      readonly kind: "streams-target-part";
      readonly token: RequestToken;
      readonly job: AssignmentJob;
      readonly changes: readonly TaskTargetChange[];
    }
  /** All parts of it are written. */
  | { readonly kind: "streams-target-done"; readonly token: RequestToken; readonly job: AssignmentJob };

export interface TaskTargetChange {
  readonly memberId: string;
  /** A static member may have another member id by the time the change is written. */
  readonly instanceId: string | null;
  readonly target: TaskTuple;
}

export type StreamsTimer = MemberTimer | FirstAssignmentTimer;

/** See the runtime's `Decision`. */
export interface StreamsDecision {
  readonly records: readonly GroupRecord[];
  readonly durability: "required" | "piecemeal";
  readonly soft?: StreamsSoft | ClassicGroup | undefined;
  readonly timers: readonly TimerChange<StreamsTimer | GroupTimer>[];
  readonly replies: readonly Reply<StreamsHeartbeatAnswer | ClassicAnswer | BackgroundAnswer>[];
}

/** The settings that one streams group follows. */
export interface StreamsSettings {
  readonly sessionTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  readonly assignmentIntervalMs: number;
  readonly initialRebalanceDelayMs: number;
  readonly taskOffsetIntervalMs: number;
  readonly acceptableRecoveryLag: number;
  readonly standbyReplicas: number;
  readonly rackTags: readonly string[];
  /** group.streams.max.size */
  readonly groupMaxSize: number;
}

/** What the rules see beside the group. */
export interface StreamsEnvironment {
  readonly topics: TopicCatalog;
  readonly settings: StreamsSettings;
  /** For groups that become classic. */
  readonly classicLimits: GroupLimits;
  /** Wall time. */
  readonly nowMs: number;
}
