import { StreamsError } from "../../streams-error.ts";
import type { Subtopology, TopologyPlan } from "./topology-plan.ts";

/** How many partitions topics have, by their names in the cluster. */
export type PartitionCounts = ReadonlyMap<string, number>;

/**
 * The partitions of all topics that an application reads: those of others as they are, its own as Java counts them. A repartition topic has as many as it was asked for, else as the largest
 * topic of the sub-topologies that write it; those of one co-partitioned group have equally many. Where topics come from one another in a circle, as those of a foreign-key join do, the ones that are known decide. Throws `STREAMS_CO_PARTITIONING`, `STREAMS_UNKNOWN_TOPIC`.
 */
export function countPartitions(plan: TopologyPlan, existing: PartitionCounts): Map<string, number> {
  const counts = new Map(existing);
  for (const [topic, given] of plan.repartitionTopics) if (given !== undefined) counts.set(topic, given);
  const open = new Set([...plan.repartitionTopics].filter(([, given]) => given === undefined).map(([topic]) => topic));
  for (const topic of open) counts.delete(topic);
  while (open.size > 0) {
    const among = [...open];
    const found =
      among.find((topic) => setIfKnown(plan, counts, topic, noTopics)) ?? among.find((topic) => setIfKnown(plan, counts, topic, open));
    if (found === undefined) {
      throw new StreamsError(
        "STREAMS_UNKNOWN_TOPIC",
        `Nobody knows how many partitions ${[...open].join(", ")} should have: no topic that they come from is there. Give them a number of partitions.`,
      );
    }
    open.delete(found);
  }
  for (const group of plan.coPartitioned) equalise(plan, counts, group);
  return counts;
}

/** How many tasks a sub-topology has: as many as the largest of its topics has partitions. */
export function taskCount(
  { sourceTopics, sourcePatterns }: Subtopology,
  counts: PartitionCounts,
  matches: (pattern: RegExp, topic: string) => boolean,
): number {
  const matched = [...counts.keys()].filter((topic) => sourcePatterns.some((pattern) => matches(pattern, topic)));
  return Math.max(0, ...[...sourceTopics, ...matched].map((topic) => counts.get(topic) ?? 0));
}

const noTopics: ReadonlySet<string> = new Set();

/** By the topics that it comes from, but for those that may be left out as long as they are not known. */
function setIfKnown(plan: TopologyPlan, counts: Map<string, number>, topic: string, leftOut: ReadonlySet<string>): boolean {
  const from = plan.subtopologies
    .filter(({ repartitionSinks }) => repartitionSinks.includes(topic))
    .flatMap(({ sourceTopics }) => sourceTopics);
  const known = from.filter((source) => !leftOut.has(source)).map((source) => counts.get(source));
  if (known.length === 0 || known.includes(undefined)) return false;
  counts.set(topic, Math.max(...(known as number[])));
  return true;
}

function equalise(plan: TopologyPlan, counts: Map<string, number>, group: readonly string[]): void {
  const isFree = (topic: string) => plan.repartitionTopics.has(topic) && plan.repartitionTopics.get(topic) === undefined;
  const fixed = group.filter((topic) => !isFree(topic)).map((topic) => counts.get(topic));
  if (new Set(fixed).size > 1) {
    const told = group.filter((topic) => !isFree(topic)).map((topic) => `${topic}: ${String(counts.get(topic))}`);
    throw new StreamsError(
      "STREAMS_CO_PARTITIONING",
      `Topics that are joined must have equally many partitions: ${told.sort().join(", ")}. Repartition one of them.`,
    );
  }
  const wanted = fixed[0] ?? Math.max(...group.map((topic) => counts.get(topic) ?? 0));
  for (const topic of group) if (isFree(topic)) counts.set(topic, wanted);
}
