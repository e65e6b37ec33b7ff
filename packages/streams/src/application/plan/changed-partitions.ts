import { StreamsError } from "../../streams-error.ts";
import { internalTopics } from "./internal-topics.ts";
import { countPartitions, type PartitionCounts } from "./partition-counts.ts";
import type { TopologyPlan } from "./topology-plan.ts";

/**
 * Refuses to go on where topics of others have another number of partitions than when the application made topics of its own, and those would need another one, too. `before`: of all topics, as the
 * application found or made them; `now`: of what it reads. Topics of which nothing is known now are passed over. Throws `STREAMS_INTERNAL_TOPIC`.
 */
export function checkUnchangedPartitions(plan: TopologyPlan, before: PartitionCounts, now: PartitionCounts): void {
  const isForeign = (topic: string) => !plan.repartitionTopics.has(topic);
  const changed = [...now].filter(([topic, count]) => isForeign(topic) && before.has(topic) && before.get(topic) !== count);
  if (changed.length === 0) return;
  const known = new Map([...before].filter(([topic]) => isForeign(topic)));
  const needed = internalTopics(plan, countPartitions(plan, new Map([...known, ...now])));
  const unfit = needed.find(({ name, partitionCount }) => before.has(name) && before.get(name) !== partitionCount);
  if (unfit === undefined) return;
  const told = changed.map(([topic, count]) => `Topic ${topic} has ${count} partitions now, and had ${before.get(topic)}`).sort();
  throw partitionsChanged(plan.applicationId, told.join("; "), unfit.name, before.get(unfit.name)!, unfit.partitionCount);
}

/** Says what is wrong when a topic of the application's own does not fit those that it reads, and how to go on. */
export function partitionsChanged(applicationId: string, why: string, topic: string, found: number, needed: number): StreamsError {
  return new StreamsError(
    "STREAMS_INTERNAL_TOPIC",
    `${why}: topic ${topic} of application ${applicationId} has ${found} partitions and would need ${needed}. Records of a key may be in another partition by now than what is known of it, so nothing goes on. ` +
      `Either stop all instances, reset the application (ottla streams reset ${applicationId}) and let it read everything again; or let it read a new topic with as many partitions as before.`,
  );
}
