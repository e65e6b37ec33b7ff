import { CLUSTER_OPTIONS } from "../../cluster-options.ts";
import { METRICS_OPTION } from "../doctor/look-option-specs.ts";
import type { CommandSpec, OptionSpec } from "../../command.ts";
import { JSON_OPTION } from "../../output.ts";

const GROUPS = { name: "group", summary: "the group's id; none: all groups with offsets", variadic: true, optional: true };
const FOR: OptionSpec = { name: "for", kind: "number", placeholder: "SECONDS", summary: "watch for so long before judging" };
const EVERY: OptionSpec = { name: "every", kind: "number", placeholder: "SECONDS", summary: "look so often" };

export const lagCommands: readonly CommandSpec[] = [
  {
    path: ["lag"],
    summary: "how far groups are behind, and whether it gets better",
    description:
      "One look says how many records wait. Rates, times and whether a group catches up need several: --for. The status is Burrow's: it judges the shape of the lag, not its size. " +
      "WARN: it commits and falls behind. ERR: it stopped, stalled or went back. UNKNOWN: it was watched for less than 12 seconds. " +
      '"ottla lag watch" goes on looking, "ottla lag explain" says why.',
    arguments: [GROUPS],
    options: [
      { ...FOR, defaultText: "0: one look" },
      { ...EVERY, defaultText: "2" },
      { name: "partitions", short: "p", kind: "flag", summary: "also each partition" },
      { name: "prometheus", kind: "flag", summary: "print metrics in Prometheus's text format" },
      JSON_OPTION,
      ...CLUSTER_OPTIONS,
    ],
    examples: [
      { command: "ottla lag", does: "all groups, the one that is worst off first" },
      { command: "ottla lag billing --for 60 --partitions", does: "a minute's rates, partition by partition" },
      { command: "ottla lag --prometheus --for 30 > lag.prom", does: "a file for node_exporter's textfile collector" },
    ],
    load: async () => (await import("./show-lag.ts")).showLag,
  },
  {
    path: ["lag", "watch"],
    summary: "the lag of groups, again and again",
    arguments: [GROUPS],
    options: [{ ...EVERY, defaultText: "10" }, JSON_OPTION, ...CLUSTER_OPTIONS],
    examples: [
      { command: "ottla lag watch", does: "a table every 10 seconds until Ctrl-C" },
      { command: "ottla lag watch --every 30 --json", does: "a line of JSON per look, for programs" },
    ],
    kind: "stream",
    load: async () => (await import("./watch-lag.ts")).watchLag,
  },
  {
    path: ["lag", "explain"],
    summary: "why a group is behind, and what to do about it",
    arguments: [{ name: "group", summary: "the group's id" }],
    options: [{ ...FOR, defaultText: "15" }, { ...EVERY, defaultText: "1" }, METRICS_OPTION, JSON_OPTION, ...CLUSTER_OPTIONS],
    examples: [
      { command: "ottla lag explain billing", does: "the cause with its evidence, the gravest first, and commands to run" },
      {
        command: "ottla lag explain orders --metrics http://orders-1:7070",
        does: "with what a Streams instance, or a JMX exporter, says of itself",
      },
    ],
    load: async () => (await import("./explain-lag.ts")).explainGroup,
  },
];
