import { CLUSTER_OPTIONS } from "../../cluster-options.ts";
import type { CommandSpec } from "../../command.ts";
import { JSON_OPTION } from "../../output.ts";

export const groupCommands: readonly CommandSpec[] = [
  {
    path: ["groups", "list"],
    summary: "list consumer groups",
    options: [
      { name: "state", kind: "text", repeatable: true, placeholder: "STATE", summary: "only groups in this state: Stable, Empty, …" },
      JSON_OPTION,
      ...CLUSTER_OPTIONS,
    ],
    examples: [
      { command: "ottla groups list", does: "all groups with their state" },
      { command: "ottla groups list --state Empty", does: "groups whose members are gone" },
    ],
    load: async () => (await import("./list-groups.ts")).listGroups,
  },
  {
    path: ["groups", "describe"],
    summary: "show members, offsets and lag of groups",
    arguments: [{ name: "group", summary: "the group's id", variadic: true }],
    options: [JSON_OPTION, ...CLUSTER_OPTIONS],
    examples: [{ command: "ottla groups describe billing", does: "who reads what, and how far behind" }],
    load: async () => (await import("./describe-groups.ts")).describeGroups,
  },
  {
    path: ["groups", "delete"],
    summary: "delete groups without members, with their offsets",
    arguments: [{ name: "group", summary: "the group's id", variadic: true }],
    options: [{ name: "if-exists", kind: "flag", summary: "a group that is not there is no failure" }, JSON_OPTION, ...CLUSTER_OPTIONS],
    examples: [{ command: "ottla groups delete billing", does: "its offsets are gone for good" }],
    load: async () => (await import("./delete-groups.ts")).deleteGroups,
  },
];
