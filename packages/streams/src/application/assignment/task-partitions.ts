import type { TopicPartition } from "@ottla/client";
import { partitionKey } from "../partition-key.ts";
import type { PartitionCounts } from "../plan/partition-counts.ts";
import { type TaskId, taskName } from "../plan/task-id.ts";
import { isWhole, readerOf, type TopologyPlan } from "../plan/topology-plan.ts";

/** The tasks that partitions belong to, by name. */
export function tasksOf(plan: TopologyPlan, partitions: readonly TopicPartition[]): Map<string, TaskId> {
  const tasks = new Map<string, TaskId>();
  const readers = new Map<string, number | undefined>();
  for (const { topic, partition } of partitions) {
    if (!readers.has(topic)) readers.set(topic, readerOf(plan, topic)?.id);
    const subtopology = readers.get(topic);
    if (subtopology === undefined) continue;
    const task = { subtopology, partition };
    tasks.set(taskName(task), task);
  }
  return tasks;
}

/** The same partitions by the task that they belong to. */
export function byTask<Place extends TopicPartition>(plan: TopologyPlan, partitions: readonly Place[]): Map<string, Place[]> {
  const places = new Map<string, Place[]>();
  for (const place of partitions) {
    const reader = readerOf(plan, place.topic);
    if (reader === undefined) continue;
    const name = taskName({ subtopology: reader.id, partition: place.partition });
    const own = places.get(name);
    if (own === undefined) places.set(name, [place]);
    else own.push(place);
  }
  return places;
}

/** Whether some of these partitions are of tasks that others of the assignment belong to as well. */
export function isPartOfTasks(plan: TopologyPlan, partitions: readonly TopicPartition[], assignment: readonly TopicPartition[]): boolean {
  const keys = new Set(partitions.map(({ topic, partition }) => partitionKey(topic, partition)));
  const others = tasksOf(
    plan,
    assignment.filter(({ topic, partition }) => !keys.has(partitionKey(topic, partition))),
  );
  return [...tasksOf(plan, partitions).keys()].some((name) => others.has(name));
}

/** What a task reads, of topics that have so many partitions. */
export function partitionsOf(plan: TopologyPlan, counts: PartitionCounts, { subtopology, partition }: TaskId): TopicPartition[] {
  const part = plan.subtopologies.find(({ id }) => id === subtopology);
  if (part === undefined) return [];
  const matched = [...counts.keys()].filter((topic) => part.sourcePatterns.some((pattern) => isWhole(pattern, topic)));
  return [...new Set([...part.sourceTopics, ...matched])]
    .filter((topic) => partition < (counts.get(topic) ?? 0))
    .map((topic) => ({ topic, partition }));
}
