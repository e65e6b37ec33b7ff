import { CLUSTER_OPTIONS } from "../../cluster-options.ts";
import type { CommandSpec, OptionSpec } from "../../command.ts";
import { JSON_OPTION } from "../../output.ts";

const CONFIG_OPTION: OptionSpec = {
  name: "config",
  short: "c",
  kind: "text",
  repeatable: true,
  placeholder: "NAME=VALUE",
  summary: "a topic setting in Kafka's name",
};
const PARTITIONS_OPTION: OptionSpec = {
  name: "partitions",
  short: "p",
  kind: "number",
  summary: "how many partitions",
  defaultText: "the broker's num.partitions",
};

export const topicCommands: readonly CommandSpec[] = [
  {
    path: ["topics", "list"],
    summary: "list topics",
    options: [{ name: "internal", kind: "flag", summary: "internal topics too" }, JSON_OPTION, ...CLUSTER_OPTIONS],
    examples: [{ command: "ottla topics list", does: "names, partitions and replicas" }],
    load: async () => (await import("./list-topics.ts")).listTopics,
  },
  {
    path: ["topics", "describe"],
    summary: "show partitions, leaders, offsets and overrides of topics",
    arguments: [{ name: "topic", summary: "the topic's name", variadic: true }],
    options: [JSON_OPTION, ...CLUSTER_OPTIONS],
    examples: [{ command: "ottla topics describe orders", does: "one row per partition" }],
    load: async () => (await import("./describe-topics.ts")).describeTopics,
  },
  {
    path: ["topics", "create"],
    summary: "create topics",
    arguments: [{ name: "topic", summary: "the new topic's name", variadic: true }],
    options: [
      PARTITIONS_OPTION,
      {
        name: "replication-factor",
        short: "r",
        kind: "number",
        summary: "how many replicas",
        defaultText: "the broker's default.replication.factor",
      },
      CONFIG_OPTION,
      { name: "if-not-exists", kind: "flag", summary: "a topic that is there already is no failure" },
      { name: "validate-only", kind: "flag", summary: "check, but create nothing" },
      JSON_OPTION,
      ...CLUSTER_OPTIONS,
    ],
    examples: [
      { command: "ottla topics create orders --partitions 6", does: "a topic with six partitions" },
      { command: "ottla topics create users -p 1 -c cleanup.policy=compact", does: "a compacted topic" },
    ],
    load: async () => (await import("./create-topics.ts")).createTopics,
  },
  {
    path: ["topics", "alter"],
    summary: "add partitions or change settings of a topic",
    arguments: [{ name: "topic", summary: "the topic's name" }],
    options: [
      { ...PARTITIONS_OPTION, summary: "the new number of partitions; it can only grow", defaultText: "unchanged" },
      CONFIG_OPTION,
      { name: "delete-config", kind: "text", repeatable: true, placeholder: "NAME", summary: "a setting that returns to its default" },
      JSON_OPTION,
      ...CLUSTER_OPTIONS,
    ],
    examples: [{ command: "ottla topics alter orders --partitions 12 -c retention.ms=86400000", does: "grow it and keep a day" }],
    load: async () => (await import("./alter-topic.ts")).alterTopic,
  },
  {
    path: ["topics", "delete"],
    summary: "delete topics with all their records",
    arguments: [{ name: "topic", summary: "the topic's name", variadic: true }],
    options: [{ name: "if-exists", kind: "flag", summary: "a topic that is not there is no failure" }, JSON_OPTION, ...CLUSTER_OPTIONS],
    examples: [{ command: "ottla topics delete orders", does: "there is no way back" }],
    load: async () => (await import("./delete-topics.ts")).deleteTopics,
  },
];
