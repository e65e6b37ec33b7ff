import { mapInSlices, type TimeSlice } from "@ottla/base";
import { ErrorCode, NIL_UUID } from "@ottla/protocol";
import type { MetadataResponse, MetadataResponsePartition, MetadataResponseTopic } from "@ottla/protocol/apis/metadata";

const NO_LEADER = -1;
const PARTITION_HOLES_MAX = 1000;
const LISTS_MAX = 10_000;

interface BrokerNode {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
}

interface PartitionState {
  readonly partition: number;
  /** −1: none. */
  readonly leader: number;
  /** −1: the broker is too old to tell. */
  readonly leaderEpoch: number;
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
  readonly offlineReplicas: readonly number[];
}

export interface TopicState {
  readonly name: string;
  /** All zero: the broker is too old to tell. */
  readonly topicId: string;
  readonly isInternal: boolean;
  readonly errorCode: number;
  /** Index = partition number. Empty when there is an error. */
  readonly partitions: readonly PartitionState[];
}

/** What is known of the cluster at one time. Never changed: a merge makes a new one. */
export interface MetadataSnapshot {
  readonly clusterId: string | null;
  /** −1: unknown. */
  readonly controllerId: number;
  readonly brokers: ReadonlyMap<number, BrokerNode>;
  readonly topics: ReadonlyMap<string, TopicState>;
}

export const emptyMetadata: MetadataSnapshot = { clusterId: null, controllerId: -1, brokers: new Map(), topics: new Map() };

/**
 * The snapshot after an answer. Brokers are replaced; so are the topics in the answer. Under `"all"` topics that are not in the answer are
 * gone. A partition whose leader epoch goes back is an answer from a broker that lags behind: what is known stays (KIP-320), unless the
 * topic id, or that of the cluster, shows that the topic was made anew.
 */
export function mergeMetadata(known: MetadataSnapshot, answer: MetadataResponse, scope: "all" | "asked"): MetadataSnapshot {
  const brokers = brokersOf(answer);
  if (scope === "asked" && answer.topics.length === 0)
    return { clusterId: answer.clusterId, controllerId: answer.controllerId, brokers, topics: known.topics };
  const topics = new Map(scope === "all" ? [] : known.topics);
  const lists = new SharedLists();
  const isSameCluster = known.clusterId === answer.clusterId;
  for (const topic of answer.topics) {
    if (topic.name === null) continue;
    topics.set(topic.name, mergeTopic(isSameCluster ? known.topics.get(topic.name) : undefined, topic, topic.name, lists));
  }
  return { clusterId: answer.clusterId, controllerId: answer.controllerId, brokers, topics };
}

/** What an answer says by itself: it may be of a hundred thousand topics. */
export async function snapshotOf(answer: MetadataResponse, slice: TimeSlice): Promise<MetadataSnapshot> {
  const topics = new Map<string, TopicState>();
  const lists = new SharedLists();
  await mapInSlices(slice, answer.topics, (topic) => {
    if (topic.name !== null) topics.set(topic.name, mergeTopic(undefined, topic, topic.name, lists));
  });
  return { clusterId: answer.clusterId, controllerId: answer.controllerId, brokers: brokersOf(answer), topics };
}

function brokersOf({ brokers }: MetadataResponse): ReadonlyMap<number, BrokerNode> {
  return new Map(brokers.map(({ nodeId, host, port, rack }) => [nodeId, { nodeId, host, port, rack }]));
}

function mergeTopic(known: TopicState | undefined, topic: MetadataResponseTopic, name: string, lists: SharedLists): TopicState {
  const isSame = known !== undefined && known.topicId === topic.topicId;
  const partitions: PartitionState[] = [];
  if (topic.errorCode === ErrorCode.NONE) {
    // Numbers go from 0 without holes; one far beyond the count would have an array of that size made for it.
    const indexMax = topic.partitions.length + PARTITION_HOLES_MAX;
    for (const partition of topic.partitions) {
      if (partition.partitionIndex < 0 || partition.partitionIndex > indexMax) continue;
      const before = isSame ? known.partitions[partition.partitionIndex] : undefined;
      const isStale = before !== undefined && partition.leaderEpoch >= 0 && before.leaderEpoch > partition.leaderEpoch;
      partitions[partition.partitionIndex] = isStale ? before : partitionState(partition, lists);
    }
    fillGaps(partitions);
  }
  return { name, topicId: topic.topicId, isInternal: topic.isInternal, errorCode: topic.errorCode, partitions };
}

function partitionState(partition: MetadataResponsePartition, lists: SharedLists): PartitionState {
  return {
    partition: partition.partitionIndex,
    leader: partition.leaderId,
    leaderEpoch: partition.leaderEpoch,
    replicas: lists.of(partition.replicaNodes),
    isr: lists.of(partition.isrNodes),
    offlineReplicas: lists.of(partition.offlineReplicas),
  };
}

/** Lists of brokers: a hundred thousand partitions have few that differ, and equal ones are one object. */
class SharedLists {
  readonly #known = new Map<string, readonly number[]>();

  of(ids: readonly number[]): readonly number[] {
    const text = ids.join();
    const same = this.#known.get(text);
    if (same === undefined && this.#known.size < LISTS_MAX) this.#known.set(text, ids);
    return same ?? ids;
  }
}

function fillGaps(partitions: PartitionState[]): void {
  for (let i = 0; i < partitions.length; i++) {
    partitions[i] ??= { partition: i, leader: NO_LEADER, leaderEpoch: -1, replicas: [], isr: [], offlineReplicas: [] };
  }
}

/** The snapshot after an answer that named a partition's new leader (KIP-951); the same one when that is no news or the broker is unknown. */
export function withLeader(
  known: MetadataSnapshot,
  name: string,
  partition: number,
  leader: number,
  leaderEpoch: number,
): MetadataSnapshot {
  const topic = known.topics.get(name);
  const before = topic?.partitions[partition];
  if (topic === undefined || before === undefined || leaderEpoch <= before.leaderEpoch || !known.brokers.has(leader)) return known;
  const partitions = topic.partitions.with(partition, { ...before, leader, leaderEpoch });
  return { ...known, topics: new Map(known.topics).set(name, { ...topic, partitions }) };
}

/** The topic's id, or undefined where the broker does not tell ids. */
export function knownTopicId(topic: TopicState | undefined): string | undefined {
  return topic === undefined || topic.topicId === NIL_UUID ? undefined : topic.topicId;
}
