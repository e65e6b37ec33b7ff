import type { Subtopology } from "@ottla/protocol/data/streams-group-topology-value";
import type { PartitionCounts } from "./partition-counts.ts";
import { invalid } from "./topology.ts";
import { TopologyProblem } from "./topology-problem.ts";

/** Gives repartition topics the number of the topics that they are joined with, and refuses topics that are joined and differ. */
export function enforceCopartitioning(subtopologies: readonly Subtopology[], counts: PartitionCounts): void {
  const repartitions = subtopologies.flatMap(({ repartitionSourceTopics }) => repartitionSourceTopics);
  const fixed = new Set(repartitions.filter(({ partitions }) => partitions !== 0).map(({ name }) => name));
  const flexible = new Set(repartitions.filter(({ partitions }) => partitions === 0).map(({ name }) => name));
  for (const subtopology of subtopologies) {
    for (const group of copartitionGroups(subtopology)) if (group.size > 0) enforce(group, fixed, flexible, counts);
  }
}

function copartitionGroups({ copartitionGroups: groups, sourceTopics, repartitionSourceTopics }: Subtopology): Set<string>[] {
  return groups.map(
    (group) =>
      new Set([
        ...group.sourceTopics.map((at) => sourceTopics[at]!),
        ...group.repartitionSourceTopics.map((at) => repartitionSourceTopics[at]!.name),
      ]),
  );
}

function enforce(group: ReadonlySet<string>, fixed: ReadonlySet<string>, flexible: ReadonlySet<string>, counts: PartitionCounts): void {
  const countOf = (topic: string): number => {
    const count = counts.of(topic);
    if (count === undefined) throw invalid(`Number of partitions is not set for topic: ${topic}`);
    return count;
  };
  const own = [...group].filter((topic) => fixed.has(topic) || flexible.has(topic));
  const others = [...group].filter((topic) => !fixed.has(topic) && !flexible.has(topic));
  const before = new Map(own.map((topic) => [topic, countOf(topic)]));
  const count = others.length > 0 ? same(others, others, countOf) : fixed.size > 0 ? same([...fixed], own, countOf) : most(before);
  for (const [topic, had] of before) {
    counts.decide(topic, count);
    if (fixed.has(topic) && had !== count) {
      throw new TopologyProblem(
        "INCORRECTLY_PARTITIONED_TOPICS",
        `Number of partitions [${had}] of repartition topic [${topic}] doesn't match number of partitions [${count}] of the source topic.`,
      );
    }
  }
}

/** The number that all of them have; `shown` are named where they differ. */
function same(topics: readonly string[], shown: readonly string[], countOf: (topic: string) => number): number {
  const count = countOf(topics[0]!);
  if (topics.every((topic) => countOf(topic) === count)) return count;
  const listed = [...shown].sort().map((topic) => `${topic}=${countOf(topic)}`);
  throw new TopologyProblem(
    "INCORRECTLY_PARTITIONED_TOPICS",
    `Following topics do not have the same number of partitions: [{${listed.join(", ")}}]`,
  );
}

function most(counts: ReadonlyMap<string, number>): number {
  const count = Math.max(0, ...counts.values());
  if (count === 0) throw invalid(`All topics in the copartition group had undefined partition number: [${[...counts.keys()].join(", ")}]`);
  return count;
}
