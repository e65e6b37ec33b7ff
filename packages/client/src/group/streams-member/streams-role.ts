import type { TopicPartition } from "../../topic-partition.ts";

/** A task of a topology: one sub-topology for one partition of its topics. */
export interface StreamsTaskId {
  readonly subtopologyId: string;
  readonly partition: number;
}

/** A topic of the application's own, as the coordinator is to make it. */
export interface StreamsInternalTopic {
  readonly name: string;
  /** 0: as many as those have that it is made of; changelogs have as many as their sub-topology has tasks. */
  readonly partitionCount: number;
  /** −1: the broker's default. */
  readonly replicationFactor: number;
  readonly configs: Readonly<Record<string, string>>;
}

/** What runs together in one task for each partition. Topics by their names in the cluster. */
export interface StreamsRoleSubtopology {
  readonly id: string;
  /** Topics of others. */
  readonly sourceTopics: readonly string[];
  readonly repartitionSourceTopics: readonly StreamsInternalTopic[];
  readonly repartitionSinkTopics: readonly string[];
  readonly changelogTopics: readonly StreamsInternalTopic[];
  /** Of the topics that it reads, those of each group have equally many partitions. */
  readonly copartitionGroups: readonly (readonly string[])[];
}

/** A topology as the coordinator knows it. */
export interface StreamsTopology {
  /** A group goes from one topology to the next by one more than before. */
  readonly epoch: number;
  readonly subtopologies: readonly StreamsRoleSubtopology[];
}

/** The tasks that a member is to have. */
export interface StreamsMemberTasks {
  readonly active: readonly StreamsTaskId[];
  /** Copies of tasks that run elsewhere, */
  readonly standby: readonly StreamsTaskId[];
  /** and of tasks that are to run here as soon as their state is. */
  readonly warmup: readonly StreamsTaskId[];
  /** All that the topology needs is there; false: tasks may be missing for that alone, and the statuses say what. */
  readonly isGroupReady: boolean;
}

/** How much of a task's state there is: offsets of its changelogs, added up. */
export interface StreamsTaskOffset extends StreamsTaskId {
  readonly offset: number;
}

/** What the coordinator says of the group as a whole (KIP-1071; the last two since Kafka 4.4). */
export type StreamsGroupStatusName =
  | "STALE_TOPOLOGY"
  | "MISSING_SOURCE_TOPICS"
  | "INCORRECTLY_PARTITIONED_TOPICS"
  | "MISSING_INTERNAL_TOPICS"
  | "SHUTDOWN_APPLICATION"
  | "ASSIGNMENT_DELAYED"
  | "MISSING_CLIENT_TAGS";

export interface StreamsGroupStatus {
  /** `UNKNOWN` and the code for one that this client does not know. */
  readonly name: StreamsGroupStatusName | `UNKNOWN_${number}`;
  readonly detail: string;
}

/** Where others answer questions about their tasks: by the partitions that those read. */
export interface StreamsEndpoint {
  readonly host: string;
  readonly port: number;
  readonly active: readonly TopicPartition[];
  readonly standby: readonly TopicPartition[];
}

/** What an answer of the coordinator says beside the tasks. */
export interface StreamsGroupNews {
  readonly statuses: readonly StreamsGroupStatus[];
  /** All that can be asked; undefined: as before. */
  readonly endpoints: readonly StreamsEndpoint[] | undefined;
  readonly heartbeatIntervalMs: number;
}

/**
 * A consumer's part in a streams group (KIP-1071), with `groupProtocol: "streams"`: what runs a topology gives it, and is told of tasks. Functions are called in the consumer's loop, and must not throw.
 */
export interface StreamsRole {
  readonly topology: StreamsTopology;
  /** Members of one process have it in common: they share what is on its disk. */
  readonly processId: string;
  readonly userEndpoint: { readonly host: string; readonly port: number } | undefined;
  readonly clientTags: Readonly<Record<string, string>>;
  /** How far each task's state is that is here, and how far its changelogs go, as far as that is known. */
  taskOffsets(): { readonly offsets: readonly StreamsTaskOffset[]; readonly ends: readonly StreamsTaskOffset[] };
  /** The whole application is to end: all members hear of it. */
  isShutdownRequested(): boolean;
  /** The partitions that tasks read. */
  partitionsOf(active: readonly StreamsTaskId[]): readonly TopicPartition[];
  /** Inside a poll: these are the member's tasks from now on. What its active tasks read comes and goes by the subscription's listener: what goes before this, what comes after it. */
  onTasks(tasks: StreamsMemberTasks): void;
  /** With each answer of the coordinator, at any time. */
  onNews(news: StreamsGroupNews): void;
}
