import type { ConsumerGroupHeartbeatRequestTopicPartitions } from "@ottla/protocol/apis/consumer-group-heartbeat";

/** A topic as the script knows it. */
export interface TopicModel {
  readonly name: string;
  /** Kafka's id. */
  id: string;
  partitions: number;
  /** The end of each partition's log, by what Kafka answered. */
  readonly ends: Map<number, number>;
}

/** A member of a classic group. */
export interface MemberModel {
  readonly id: string;
  readonly instanceId: string | null;
  /** Joins and syncs of a member wait on its own connection. */
  readonly connection: string;
}

export interface GroupModel {
  readonly name: string;
  readonly members: Map<string, MemberModel>;
  generation: number;
  leader: string;
  protocol: string | null;
  /** It has had a member or an offset. */
  exists: boolean;
  /** The leader has given its plan. */
  isSynced: boolean;
  /** A member left, or came, so that all have to join again before anything else. */
  isRebalancing: boolean;
}

/** A member of a group of KIP-848. */
export interface ConsumerMemberModel {
  readonly id: string;
  readonly instanceId: string | null;
  epoch: number;
  topics: readonly string[];
  /** What it was given last, by Kafka's topic ids. */
  owned: readonly ConsumerGroupHeartbeatRequestTopicPartitions[];
  /** A static member that left for a while. */
  isAway: boolean;
}

/** A group of KIP-848. */
export interface ConsumerGroupModel {
  readonly name: string;
  readonly members: Map<string, ConsumerMemberModel>;
  /** The topic that all members read, where it must be one. */
  topic: string | null;
  /** How many members it has had: their ids are numbered. */
  joined: number;
}

export interface ProducerModel {
  readonly transactionalId: string | null;
  id: number;
  epoch: number;
  /** The next sequence, by `topic-partition`. */
  readonly sequences: Map<string, number>;
  /** Partitions of the open transaction; null: none is open. */
  open: Set<string> | null;
  /** Set by an EndTxn 5: the producer speaks transaction.version 2 from its start. */
  isVersion2: boolean;
}

/** What the script believes the clusters hold, from Kafka's answers alone. */
export interface ScriptModel {
  readonly prefix: string;
  readonly topics: Map<string, TopicModel>;
  /** Ids of topics that are gone. */
  readonly staleTopicIds: string[];
  readonly groups: Map<string, GroupModel>;
  readonly consumerGroups: Map<string, ConsumerGroupModel>;
  readonly producers: ProducerModel[];
  /** Incremental fetches: Kafka's session. */
  session: { id: number; epoch: number } | null;
  /** Times of records begin here. */
  readonly startMs: number;
  clock: number;
}

/** Records are so old that no time of theirs is taken for the brokers' own, and so young that neither retention nor the expiry of producers, at whatever moment, takes them. */
const RECORDS_AGE_MS = 7_200_000;

export function emptyModel(prefix: string, nowMs: number): ScriptModel {
  const startMs = nowMs - RECORDS_AGE_MS;
  return {
    prefix,
    topics: new Map(),
    staleTopicIds: [],
    groups: new Map(),
    consumerGroups: new Map(),
    producers: [],
    session: null,
    startMs,
    clock: startMs,
  };
}
