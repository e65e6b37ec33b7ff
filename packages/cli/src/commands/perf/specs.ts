import { CLUSTER_OPTIONS } from "../../cluster-options.ts";
import type { CommandSpec, OptionSpec } from "../../command.ts";

const PERF_OPTIONS: readonly OptionSpec[] = [
  { name: "property", kind: "text", repeatable: true, placeholder: "NAME=VALUE", summary: "a client property in Kafka's name" },
  { name: "json", kind: "flag", summary: "print the figures as one JSON document; interval lines are left out" },
  ...CLUSTER_OPTIONS,
];
const INTERVAL_OPTION: OptionSpec = {
  name: "interval-ms",
  kind: "number",
  placeholder: "MS",
  summary: "how often to report on the way",
  defaultText: "5000",
};
const ACKS_OPTION: OptionSpec = {
  name: "acks",
  kind: "text",
  placeholder: "ACKS",
  summary: "who must have a record",
  choices: ["all", "1", "0", "-1"],
};
const TOPIC = { name: "topic", summary: "the topic" };

export const perfCommands: readonly CommandSpec[] = [
  {
    path: ["perf", "produce"],
    summary: "measure producing: rate and latency",
    description:
      "As kafka-producer-perf-test does. MB is 1,048,576 bytes, as in Kafka's tools; a latency runs from handing a record over to its acknowledgement.",
    arguments: [TOPIC],
    options: [
      { name: "num-records", short: "n", kind: "number", summary: "how many records", defaultText: "100000" },
      { name: "record-size", short: "s", kind: "number", placeholder: "BYTES", summary: "bytes of a value", defaultText: "1024" },
      { name: "payload-file", kind: "text", placeholder: "FILE", summary: "values to send in turn, in place of random ones" },
      {
        name: "payload-delimiter",
        kind: "text",
        placeholder: "TEXT",
        summary: "what stands between two values in the file",
        defaultText: "\\n",
      },
      {
        name: "throughput",
        short: "t",
        kind: "number",
        placeholder: "RATE",
        summary: "records per second at most; -1 is no limit",
        defaultText: "-1",
      },
      { ...ACKS_OPTION, defaultText: "all" },
      {
        name: "compression",
        short: "z",
        kind: "text",
        placeholder: "CODEC",
        summary: "how batches are packed",
        choices: ["none", "gzip", "snappy", "lz4", "zstd"],
        defaultText: "none",
      },
      INTERVAL_OPTION,
      ...PERF_OPTIONS,
    ],
    examples: [
      { command: "ottla perf produce load -n 1000000 -s 100", does: "a million records of 100 bytes, as fast as they go" },
      {
        command: "ottla perf produce load -n 60000 -t 1000 -z lz4 --property linger.ms=10",
        does: "latency at a thousand records a second",
      },
    ],
    kind: "stream",
    load: async () => (await import("./perf-produce.ts")).perfProduce,
  },
  {
    path: ["perf", "consume"],
    summary: "measure consuming: rate",
    description: "As kafka-consumer-perf-test does: reads from the beginning and looks at every record.",
    arguments: [TOPIC],
    options: [
      { name: "num-records", short: "n", kind: "number", summary: "how many records", defaultText: "all there are" },
      {
        name: "group",
        short: "g",
        kind: "text",
        placeholder: "GROUP",
        summary: "read as a new member of this group",
        defaultText: "no group, all partitions",
      },
      { name: "timeout-ms", kind: "number", placeholder: "MS", summary: "give up when nothing came for so long", defaultText: "10000" },
      INTERVAL_OPTION,
      ...PERF_OPTIONS,
    ],
    examples: [{ command: "ottla perf consume load -n 1000000", does: "a million records" }],
    kind: "stream",
    load: async () => (await import("./perf-consume.ts")).perfConsume,
  },
  {
    path: ["perf", "latency"],
    summary: "measure the way of single records from producer to consumer",
    description: "As kafka-e2e-latency does: one record at a time, from before it is sent until the consumer has it.",
    arguments: [TOPIC],
    options: [
      { name: "num-records", short: "n", kind: "number", summary: "how many records", defaultText: "10000" },
      { name: "warmup-records", kind: "number", placeholder: "N", summary: "records sent before measuring", defaultText: "100" },
      {
        name: "record-size",
        short: "s",
        kind: "number",
        placeholder: "BYTES",
        summary: "bytes of a value, 8 at least",
        defaultText: "100",
      },
      { ...ACKS_OPTION, defaultText: "1" },
      ...PERF_OPTIONS,
    ],
    examples: [{ command: "ottla perf latency ping -n 10000", does: "p50 to p99.9 of ten thousand round trips" }],
    kind: "stream",
    load: async () => (await import("./perf-latency.ts")).perfLatency,
  },
  {
    path: ["perf", "sweep"],
    summary: "find the rate at which latency bends, and what stands in the way",
    description:
      "Sends at rates that do not wait for answers, each latency from when a record was due: doubled until one is too much, then halfway between. Too much: the rate is not kept, something fails, or p99 is beyond --p99-ms. " +
      "Names what was at its limit then, with what shows it, as far as it can be seen from here: the client's own processor, a quota, and of a broker on this machine (Linux) its processor and disks. Without a topic one is made, and removed afterwards.",
    arguments: [{ ...TOPIC, optional: true }],
    options: [
      { name: "record-size", short: "s", kind: "number", placeholder: "BYTES", summary: "bytes of a value", defaultText: "1024" },
      { name: "from", kind: "number", placeholder: "RATE", summary: "the first rate, in records per second", defaultText: "1000" },
      { name: "to", kind: "number", placeholder: "RATE", summary: "the greatest rate", defaultText: "10000000" },
      {
        name: "p99-ms",
        kind: "number",
        placeholder: "MS",
        summary: "a p99 beyond this is too much",
        defaultText: "ten times that of the first rate, and 20 ms more than that at least",
      },
      {
        name: "step-ms",
        kind: "number",
        placeholder: "MS",
        summary: "how long a rate is measured; a quarter more to warm up",
        defaultText: "2000",
      },
      { name: "max-ms", kind: "number", placeholder: "MS", summary: "how long all of it may take", defaultText: "60000" },
      { name: "partitions", short: "p", kind: "number", summary: "of the topic that is made", defaultText: "1" },
      { name: "network", kind: "text", placeholder: "RATE", summary: "what the network carries, as 10Gb/s, to hold the load against it" },
      ...PERF_OPTIONS,
    ],
    examples: [
      { command: "ottla perf sweep", does: "the knee of a topic with one partition" },
      { command: "ottla perf sweep load --property compression.type=lz4 --p99-ms 20", does: "how much a topic takes within 20 ms" },
    ],
    kind: "stream",
    load: async () => (await import("./perf-sweep.ts")).perfSweep,
  },
];
