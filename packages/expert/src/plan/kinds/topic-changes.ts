import type { ChangeRules, RulesTable } from "../change-rules.ts";
import type { AddPartitions, CreateTopic, DeleteTopic } from "../cluster-change.ts";
import { kafkaTool } from "../command-line.ts";
import type { ObservedOf } from "../observed.ts";

const createTopic: ChangeRules<CreateTopic, ObservedOf["createTopic"]> = {
  subject: ({ topic }) => topic,
  sentence: ({ topic, partitionCount, replicationFactor, configs }) => {
    const replicas = replicationFactor === undefined ? "" : ` of ${counted(replicationFactor, "replica")}`;
    const settings = Object.entries(configs ?? {}).map(([name, value]) => `${name}=${value}`);
    return `Create topic ${topic} with ${counted(partitionCount, "partition")}${replicas}${settings.length > 0 ? `, ${settings.join(", ")}` : ""}.`;
  },
  risk: () => ({ class: "low" }),
  kafka: ({ topic, partitionCount, replicationFactor, configs }, tools) => [
    kafkaTool("kafka-topics", tools, [
      "--create",
      "--topic",
      topic,
      "--partitions",
      String(partitionCount),
      ...(replicationFactor === undefined ? [] : ["--replication-factor", String(replicationFactor)]),
      ...Object.entries(configs ?? {}).flatMap(([name, value]) => ["--config", `${name}=${value}`]),
    ]),
  ],
  ottla: ({ topic, partitionCount, replicationFactor, configs }) => [
    [
      "topics",
      "create",
      topic,
      "--partitions",
      String(partitionCount),
      ...(replicationFactor === undefined ? [] : ["--replication-factor", String(replicationFactor)]),
      ...Object.entries(configs ?? {}).flatMap(([name, value]) => ["--config", `${name}=${value}`]),
    ],
  ],
  inverse: ({ topic }, before) => (before.partitionCount === null ? [{ kind: "deleteTopic", topic, onlyIfEmpty: true }] : []),
  doneWhen: ({ topic }) => `${topic} is there with all its partitions`,
  isDone: ({ partitionCount }, now) => now.partitionCount === partitionCount,
};

const deleteTopic: ChangeRules<DeleteTopic, ObservedOf["deleteTopic"]> = {
  subject: ({ topic }) => topic,
  sentence: ({ topic, onlyIfEmpty }) =>
    onlyIfEmpty ? `Delete topic ${topic}, if nobody has written to it.` : `Delete topic ${topic} with all its records.`,
  risk: ({ onlyIfEmpty }) => (onlyIfEmpty ? { class: "low" } : { class: "high", why: "Its records are gone for good." }),
  kafka: ({ topic }, tools) => [kafkaTool("kafka-topics", tools, ["--delete", "--topic", topic])],
  ottla: ({ topic }) => [["topics", "delete", topic]],
  inverse: (_change, before) => (before.partitionCount === null ? [] : undefined),
  doneWhen: ({ topic }) => `there is no topic ${topic} any more`,
  obstacle: ({ topic, onlyIfEmpty }, { written }) =>
    onlyIfEmpty && written ? `Somebody has written to ${topic}: look at its records, and delete it by hand if they may go.` : undefined,
  fits: (before, now) => before.written === now.written && isSameTopic(before, now),
  isDone: (_change, now) => now.partitionCount === null,
};

const addPartitions: ChangeRules<AddPartitions, ObservedOf["addPartitions"]> = {
  subject: ({ topic }) => topic,
  sentence: ({ topic, partitionCount }) => `Grow topic ${topic} to ${counted(partitionCount, "partition")}.`,
  risk: () => ({
    class: "high",
    why: "There is no way back, and from then on keys go to other partitions: order by key is broken once, and state of Kafka Streams by key is misplaced.",
  }),
  kafka: ({ topic, partitionCount }, tools) => [
    kafkaTool("kafka-topics", tools, ["--alter", "--topic", topic, "--partitions", String(partitionCount)]),
  ],
  ottla: ({ topic, partitionCount }) => [["topics", "alter", topic, "--partitions", String(partitionCount)]],
  inverse: ({ partitionCount }, before) => (before.partitionCount === partitionCount ? [] : undefined),
  doneWhen: ({ topic, partitionCount }) => `${topic} has ${counted(partitionCount, "partition")}`,
  fits: isSameTopic,
  isDone: ({ partitionCount }, now) => now.partitionCount === partitionCount,
};

export const topicRules: Pick<RulesTable, "createTopic" | "deleteTopic" | "addPartitions"> = { createTopic, deleteTopic, addPartitions };

/** The very same one: another that has got its name since has records that nobody has agreed to lose. */
function isSameTopic(before: ObservedOf["deleteTopic"], now: ObservedOf["deleteTopic"]): boolean {
  return before.partitionCount === now.partitionCount && (before.topicId === undefined || before.topicId === now.topicId);
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
