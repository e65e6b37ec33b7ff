import type { StreamsGroupTopologyValue, Subtopology, TopicInfo } from "@ottla/protocol/data/streams-group-topology-value";
import type { TopicCatalog } from "../../consumer/topic-catalog.ts";
import { decidePartitionCounts } from "./decide-partition-counts.ts";
import type { PartitionCounts } from "./partition-counts.ts";
import { TopologyProblem } from "./topology-problem.ts";
import { requiredTopics } from "./topology.ts";

/** A topic of the application's own, as it is or is to be. */
export interface InternalTopicOrder {
  readonly name: string;
  readonly partitionCount: number;
  /** 0: as the broker makes topics. */
  readonly replicationFactor: number;
  readonly configs: readonly { readonly key: string; readonly value: string }[];
}

/** A sub-topology on the topics as they are. */
interface ConfiguredSubtopology {
  readonly subtopologyId: string;
  readonly taskCount: number;
  readonly isStateful: boolean;
  readonly sourceTopics: readonly string[];
  readonly repartitionSinkTopics: readonly string[];
  readonly repartitionSourceTopics: readonly InternalTopicOrder[];
  readonly stateChangelogTopics: readonly InternalTopicOrder[];
}

/** A topology on the topics as they were at one revision of the catalogue. */
export interface ConfiguredTopology {
  readonly topologyEpoch: number;
  readonly revision: number;
  /** Ascending by id; empty where the topics do not fit. */
  readonly subtopologies: ReadonlyMap<string, ConfiguredSubtopology>;
  /** The topics that are not there so far. */
  readonly toBeCreated: readonly InternalTopicOrder[];
  /** What keeps it from running; undefined: nothing. */
  readonly problem: TopologyProblem | undefined;
}

/** Fits a topology to the topics that are there: what its own topics must be like, and which are missing. STREAMS_INVALID_TOPOLOGY where it could never run. Source: KIP-1071. */
export function configureTopology(topology: StreamsGroupTopologyValue, topics: TopicCatalog): ConfiguredTopology {
  const base = { topologyEpoch: topology.epoch, revision: topics.revision };
  try {
    checkSources(topology, topics);
    const counts = decidePartitionCounts(topology, topics);
    const sorted = [...topology.subtopologies].sort((one, other) => (one.subtopologyId < other.subtopologyId ? -1 : 1));
    const subtopologies = new Map(sorted.map((each) => [each.subtopologyId, configured(each, counts)]));
    const toBeCreated = missingTopics(subtopologies.values(), topology, topics);
    const problem =
      toBeCreated.length === 0
        ? undefined
        : new TopologyProblem("MISSING_INTERNAL_TOPICS", `Internal topics are missing: ${summary(toBeCreated.map(({ name }) => name))}`);
    return { ...base, subtopologies, toBeCreated, problem };
  } catch (error) {
    if (!(error instanceof TopologyProblem)) throw error;
    return { ...base, subtopologies: new Map(), toBeCreated: [], problem: error };
  }
}

function checkSources({ subtopologies }: StreamsGroupTopologyValue, topics: TopicCatalog): void {
  const missing = new Set(subtopologies.flatMap(({ sourceTopics }) => sourceTopics.filter((topic) => topics.byName(topic) === undefined)));
  if (missing.size > 0) throw new TopologyProblem("MISSING_SOURCE_TOPICS", `Source topics ${summary([...missing].sort())} are missing.`);
}

function configured(subtopology: Subtopology, counts: PartitionCounts): ConfiguredSubtopology {
  const { subtopologyId, sourceTopics, repartitionSinkTopics, repartitionSourceTopics, stateChangelogTopics } = subtopology;
  return {
    subtopologyId,
    taskCount: counts.ofSources(subtopology),
    isStateful: stateChangelogTopics.length > 0,
    sourceTopics: [...sourceTopics].sort(),
    repartitionSinkTopics: [...repartitionSinkTopics].sort(),
    repartitionSourceTopics: ordered(repartitionSourceTopics, counts),
    stateChangelogTopics: ordered(stateChangelogTopics, counts),
  };
}

function ordered(topics: readonly TopicInfo[], counts: PartitionCounts): InternalTopicOrder[] {
  return topics
    .map(({ name, partitions, replicationFactor, topicConfigs }) => ({
      name,
      partitionCount: partitions === 0 ? counts.decided(name) : partitions,
      replicationFactor,
      configs: topicConfigs.map(({ key, value }) => ({ key, value })),
    }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

function missingTopics(
  subtopologies: Iterable<ConfiguredSubtopology>,
  topology: StreamsGroupTopologyValue,
  topics: TopicCatalog,
): InternalTopicOrder[] {
  const wanted = new Map<string, InternalTopicOrder>();
  for (const { repartitionSourceTopics, stateChangelogTopics } of subtopologies) {
    for (const topic of [...repartitionSourceTopics, ...stateChangelogTopics]) wanted.set(topic.name, topic);
  }
  for (const name of requiredTopics(topology)) {
    const there = topics.byName(name);
    const order = wanted.get(name);
    if (there === undefined || order === undefined) continue;
    wanted.delete(name);
    if (there.partitions.length !== order.partitionCount) {
      throw new TopologyProblem(
        "INCORRECTLY_PARTITIONED_TOPICS",
        `Existing topic ${name} has different number of partitions: expected ${order.partitionCount}, found ${there.partitions.length}`,
      );
    }
  }
  return [...wanted.values()];
}

const SHOWN_MAX = 3;

function summary(names: readonly string[]): string {
  const more = names.length - SHOWN_MAX;
  return names.slice(0, SHOWN_MAX).join(", ") + (more > 0 ? ` and ${more} additional topics` : "");
}
