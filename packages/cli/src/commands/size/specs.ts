import { type Calculator, calculators, EXAMPLES, type InputSpec, printQuantity } from "@ottla/expert/size";
import { CLUSTER_OPTIONS } from "../../cluster-options.ts";
import type { CommandSpec, OptionSpec } from "../../command.ts";
import { JSON_OPTION } from "../../output.ts";

const EXAMPLE_LINES: Readonly<Record<string, readonly [string, string]>> = {
  partitions: ["--write 100MB/s --consumers 20", "twenty consumers, 100 MB a second at the peak"],
  brokers: [
    "--write 100MB/s --groups 3 --ratio 0.5 --disk-per-broker 8TB --partitions 3000",
    "what binds: network, disk, replicas or copies",
  ],
  disk: ["--write 50MB/s --retention 7d --ratio 0.5 --brokers 6", "a week of 50 MB a second, compressed to half"],
  network: ["--write 100MB/s --groups 3 --brokers 6", "also with one broker down"],
  "page-cache": ["--write 100MB/s --brokers 6 --reader-lag 10min", "readers ten minutes behind, from memory"],
  replicas: ["--partitions 3000 --brokers 6 --bytes-per-partition 5GB", "memory maps and handles"],
  retention: ["--write 50MB/s --disk 80TB --ratio 0.5", "how long the disks can keep"],
  consumers: ["--produced 5000/s --processing 8ms", "consumers that keep up"],
  "poll-records": ["--processing 50ms", "max.poll.records that fits"],
  producer: ["--batch-size 64KiB --round-trip 4ms", "to one partition at most"],
  drain: ["--lag 3600000 --produced 1000/s --consumed 1500/s", "when a backlog is gone"],
  autoscale: ["--per-consumer 250/s --target 30s", "a scaler's threshold"],
  quota: ["--p99 2MB/s", "what a client does not meet in good days"],
  cleaner: ["--dedupe-buffer 128MiB", "keys in one pass"],
  tiering: ["--write 50MB/s --ratio 0.5 --retention 30d --local-retention 1d", "what an object store saves"],
  "cross-zone": ["--write 100MB/s --groups 3", "traffic between three zones"],
  "cross-site": ["--write 20MB/s --round-trip 80ms", "bandwidth and buffers of a mirror"],
  reassignment: ["--bytes 2TB --throttle 50MB/s --destinations 3", "how long a move takes"],
  recovery: ["--bytes 500GB --capacity 200MB/s --used 60MB/s", "how long there are fewer copies"],
};

const PLACEHOLDERS = {
  bytes: "SIZE",
  bytesPerS: "RATE",
  seconds: "TIME",
  records: "N",
  recordsPerS: "N/s",
  count: "N",
  ratio: "SHARE",
  money: "PRICE",
} as const;

/** A command for each calculator, its options from the calculator's inputs. */
export const sizeCommands: readonly CommandSpec[] = [...calculators.map(commandOf), measuredCommand()];

function measuredCommand(): CommandSpec {
  return {
    path: ["size", "measured"],
    summary: "what a running cluster has room for, what binds, and when disks are full",
    description:
      "Looks at a live cluster twice and holds each broker's disk, replicas and traffic against its limits: as it is, and when the broker with the most is lost and the others take its part. Traffic counts producers, followers and groups with members.",
    options: [
      { name: "for", kind: "number", placeholder: "SECONDS", summary: "watch for so long; 0: one look, without rates", defaultText: "30" },
      { name: "network", kind: "text", placeholder: "RATE", summary: "what each broker's network carries in each direction, as 10Gb/s" },
      { name: "fill", kind: "text", placeholder: "SHARE", summary: "how full a disk may be", defaultText: "80 %" },
      { name: "replicas", kind: "text", placeholder: "N", summary: "replicas that a broker may have", defaultText: "4000" },
      JSON_OPTION,
      ...CLUSTER_OPTIONS,
    ],
    examples: [{ command: "ottla size measured --for 300 --network 10Gb/s", does: "five minutes of traffic against a network of 10 Gb/s" }],
    load: async () => (await import("./size-measured.ts")).sizeMeasured,
  };
}

function commandOf(calculator: Calculator): CommandSpec {
  const { name, summary, inputs } = calculator;
  const [words, does] = EXAMPLE_LINES[name]!;
  return {
    path: ["size", name],
    summary,
    description:
      "Calculated from what you give, without a cluster; each figure with its formula. Quantities have units: 100MB/s, 8TB, 7d, 250ms, 70%.",
    options: [...Object.entries(inputs).map(([input, spec]) => optionOf(input, spec)), JSON_OPTION],
    examples: [{ command: `ottla size ${name} ${words}`, does }],
    load: async () => (await import("./size.ts")).sizeWith(calculator),
  };
}

function optionOf(input: string, { dimension, summary, default: defaultValue }: InputSpec): OptionSpec {
  return {
    name: optionName(input),
    kind: "text",
    placeholder: PLACEHOLDERS[dimension],
    summary: `${summary} (as in ${EXAMPLES[dimension]})`,
    ...(defaultValue !== undefined && { defaultText: printQuantity(defaultValue, dimension) }),
  };
}

/** `replicationFactor` → `replication-factor`. */
export function optionName(input: string): string {
  return input.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
