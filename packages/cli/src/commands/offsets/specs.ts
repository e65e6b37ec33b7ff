import { CLUSTER_OPTIONS } from "../../cluster-options.ts";
import type { CommandSpec, OptionSpec } from "../../command.ts";
import { JSON_OPTION } from "../../output.ts";

const TOPIC_OPTION: OptionSpec = {
  name: "topic",
  short: "t",
  kind: "text",
  repeatable: true,
  placeholder: "TOPIC[:P,…]",
  summary: "a topic, or some of its partitions",
};
const GROUP = { name: "group", summary: "the group's id" };
const RESET_TO = "earliest, latest, a number, -N for N before the end, or a time (2026-01-31T12:00Z)";

export const offsetCommands: readonly CommandSpec[] = [
  {
    path: ["offsets", "list"],
    summary: "show first and next offsets of topics, or those of a time",
    arguments: [{ name: "topic", summary: "the topic", variadic: true }],
    options: [
      { name: "at", kind: "text", placeholder: "TIME", summary: "also the first offset at or after a time (2026-01-31T12:00Z, @MS)" },
      JSON_OPTION,
      ...CLUSTER_OPTIONS,
    ],
    examples: [{ command: "ottla offsets list orders --at 2026-01-31T12:00Z", does: "how much there is, and where noon was" }],
    load: async () => (await import("./list-offsets.ts")).listOffsets,
  },
  {
    path: ["offsets", "show"],
    summary: "show what a group has committed",
    arguments: [GROUP],
    options: [{ ...TOPIC_OPTION, defaultText: "all" }, JSON_OPTION, ...CLUSTER_OPTIONS],
    examples: [{ command: "ottla offsets show billing", does: "offset, end and lag of each partition" }],
    load: async () => (await import("./show-offsets.ts")).showOffsets,
  },
  {
    path: ["offsets", "reset"],
    summary: "move the offsets of a group without members",
    description: "Offsets outside what a partition holds are moved to its nearest end.",
    arguments: [GROUP],
    options: [
      { ...TOPIC_OPTION, defaultText: "all that the group has committed" },
      { name: "to", kind: "text", placeholder: "OFFSET", summary: RESET_TO },
      { name: "shift-by", kind: "number", placeholder: "N", summary: "so many records on, or back with -N" },
      { name: "dry-run", kind: "flag", summary: "show what would be done" },
      JSON_OPTION,
      ...CLUSTER_OPTIONS,
    ],
    examples: [
      { command: "ottla offsets reset billing --to earliest --dry-run", does: "what reading everything again would mean" },
      { command: "ottla offsets reset billing -t orders:0,3 --to 2026-01-31T12:00Z", does: "two partitions back to noon" },
    ],
    load: async () => (await import("./reset-offsets.ts")).resetOffsets,
  },
  {
    path: ["offsets", "delete"],
    summary: "forget what a group has committed for topics",
    arguments: [GROUP],
    options: [TOPIC_OPTION, JSON_OPTION, ...CLUSTER_OPTIONS],
    examples: [{ command: "ottla offsets delete billing -t orders", does: "the group starts anew on this topic" }],
    load: async () => (await import("./delete-offsets.ts")).deleteOffsets,
  },
];
