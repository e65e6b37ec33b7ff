import { KAFKA_VERSIONS } from "@ottla/expert/versions";
import { CLUSTER_OPTIONS } from "../../cluster-options.ts";
import type { CommandSpec } from "../../command.ts";
import { JSON_OPTION } from "../../output.ts";

export const tuneCommand: CommandSpec = {
  path: ["tune"],
  summary: "what to change for throughput, latency, durability, exactly once, or balance",
  description:
    "Compares a properties file, or the defaults of a version, with a preset, and shows a patch in which each line has its reason and its cost. What is good already stays. With --measure both are run by turns on a topic of " +
    'its own, which is removed afterwards, and what changed is said, or that nothing did. "consumer" takes what a record takes the members of a group, as its commits show, and makes max.poll.records of it.',
  arguments: [
    { name: "preset", summary: "throughput, latency, durability, exactly-once or balanced; or consumer, for a group that is measured" },
    { name: "file", summary: "a properties file; none: the defaults", optional: true },
  ],
  options: [
    {
      name: "kafka-version",
      kind: "text",
      placeholder: "VERSION",
      choices: KAFKA_VERSIONS,
      summary: "the Kafka it is for",
      defaultText: KAFKA_VERSIONS.at(-1)!,
    },
    {
      name: "role",
      kind: "text",
      repeatable: true,
      placeholder: "ROLE",
      choices: ["producer", "consumer", "streams", "topic", "broker"],
      summary: "without a file: whose defaults",
      defaultText: "all of them",
    },
    { name: "group", kind: "text", placeholder: "GROUP", summary: "with consumer: whose members are measured" },
    { name: "for", kind: "number", placeholder: "SECONDS", summary: "with consumer: watch for so long", defaultText: "15" },
    { name: "write", kind: "flag", summary: "change the file" },
    { name: "measure", kind: "flag", summary: "run before and after, producer and consumer, on a topic of its own" },
    { name: "runs", kind: "number", placeholder: "N", summary: "with --measure: runs of each, by turns", defaultText: "5" },
    { name: "run-ms", kind: "number", placeholder: "MS", summary: "with --measure: how long a run is", defaultText: "2000" },
    {
      name: "throughput",
      short: "t",
      kind: "number",
      placeholder: "RATE",
      summary: "with --measure: records per second",
      defaultText: "1000 for latency, else as fast as they go",
    },
    {
      name: "record-size",
      short: "s",
      kind: "number",
      placeholder: "BYTES",
      summary: "with --measure: bytes of a value",
      defaultText: "1024",
    },
    { name: "partitions", short: "p", kind: "number", summary: "with --measure: partitions of the topic", defaultText: "3" },
    JSON_OPTION,
    ...CLUSTER_OPTIONS,
  ],
  examples: [
    { command: "ottla tune throughput producer.properties", does: "a patch, with reasons and costs" },
    { command: "ottla tune latency --role producer", does: "against the defaults" },
    { command: "ottla tune consumer consumer.properties --group billing", does: "max.poll.records from what a record takes the group" },
    { command: "ottla tune throughput producer.properties --measure", does: "and whether it helps here" },
  ],
  load: async () => (await import("./tune.ts")).tune,
};
