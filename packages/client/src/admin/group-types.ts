import type { TopicPartition } from "../topic-partition.ts";
import type { Node } from "./node-types.ts";

/** A member of a share group (KIP-932). */
export interface ShareMember {
  readonly memberId: string;
  readonly clientId: string;
  readonly clientHost: string;
  readonly rackId: string | undefined;
  readonly memberEpoch: number;
  readonly topics: readonly string[];
  readonly assignment: readonly TopicPartition[];
}

export interface ShareGroupDescription {
  readonly groupId: string;
  readonly state: string;
  readonly groupEpoch: number;
  readonly assignmentEpoch: number;
  readonly assignor: string;
  readonly coordinator: Node;
  readonly members: readonly ShareMember[];
}

/** From where on a share group reads a partition. */
export interface SharePosition {
  /** Undefined when the group has not begun to read it. */
  readonly startOffset: number | undefined;
  readonly leaderEpoch: number | undefined;
  /** Undefined from brokers that do not tell. */
  readonly lag: number | undefined;
}

/** Tasks of one sub-topology: a partition each. */
export interface StreamsTasks {
  readonly subtopologyId: string;
  readonly partitions: readonly number[];
}

/** A member of a streams group (KIP-1071). */
export interface StreamsMember {
  readonly memberId: string;
  readonly groupInstanceId: string | undefined;
  readonly clientId: string;
  readonly clientHost: string;
  readonly rackId: string | undefined;
  readonly memberEpoch: number;
  readonly processId: string;
  readonly topologyEpoch: number;
  /** Where its stores can be asked, `host:port`, where it says so (`application.server`). */
  readonly userEndpoint: string | undefined;
  readonly activeTasks: readonly StreamsTasks[];
  readonly standbyTasks: readonly StreamsTasks[];
  readonly warmupTasks: readonly StreamsTasks[];
}

export interface StreamsSubtopology {
  readonly subtopologyId: string;
  readonly sourceTopics: readonly string[];
  readonly repartitionSinkTopics: readonly string[];
  readonly repartitionSourceTopics: readonly string[];
  readonly stateChangelogTopics: readonly string[];
}

export interface StreamsGroupDescription {
  readonly groupId: string;
  readonly state: string;
  readonly groupEpoch: number;
  readonly assignmentEpoch: number;
  readonly topologyEpoch: number | undefined;
  readonly subtopologies: readonly StreamsSubtopology[];
  readonly coordinator: Node;
  readonly members: readonly StreamsMember[];
}
