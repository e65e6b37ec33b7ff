import { CLUSTER_OPTIONS } from "../../cluster-options.ts";
import type { CommandSpec, OptionSpec } from "../../command.ts";
import { JSON_OPTION } from "../../output.ts";
import { ENTITY_OPTIONS, LIMITS } from "./quota-words.ts";

const LIMIT_OPTIONS: readonly OptionSpec[] = LIMITS.map(({ option, summary }) => ({
  name: option,
  kind: "text",
  placeholder: "N",
  summary,
}));

export const quotaCommands: readonly CommandSpec[] = [
  {
    path: ["quotas", "list"],
    summary: "list limits of clients",
    description: "Of all, or of the entities that have the parts named.",
    options: [...ENTITY_OPTIONS, JSON_OPTION, ...CLUSTER_OPTIONS],
    examples: [
      { command: "ottla quotas list", does: "every limit of the cluster" },
      { command: "ottla quotas list --user alice", does: "what is set for alice, alone or with a client id" },
    ],
    load: async () => (await import("./list-quotas.ts")).listQuotas,
  },
  {
    path: ["quotas", "set"],
    summary: "set limits of a user, a client id, both together, or an address",
    description:
      "What names a client more closely goes first: a user with a client id, then the user, then the client id; a name goes before a default. A default is a limit for each\nof those it stands for. Limits that are not named stay.",
    options: [...ENTITY_OPTIONS, ...LIMIT_OPTIONS, JSON_OPTION, ...CLUSTER_OPTIONS],
    examples: [
      { command: "ottla quotas set --user alice --producer-byte-rate 10MiB", does: "alice's clients together" },
      {
        command: "ottla quotas set --default-user --consumer-byte-rate 5MB --request-percentage 50",
        does: "each user that has none of its own",
      },
      { command: "ottla quotas set --default-ip --connection-creation-rate 20", does: "new connections a second from each address" },
    ],
    load: async () => (await import("./change-quotas.ts")).setQuotas,
  },
  {
    path: ["quotas", "remove"],
    summary: "remove limits of exactly that entity",
    options: [
      ...ENTITY_OPTIONS,
      {
        name: "only",
        kind: "text",
        repeatable: true,
        placeholder: "LIMIT",
        choices: LIMITS.map(({ option }) => option),
        summary: "these limits; the others stay",
        defaultText: "all of them",
      },
      JSON_OPTION,
      ...CLUSTER_OPTIONS,
    ],
    examples: [{ command: "ottla quotas remove --user alice", does: "the user's own limits, and not those of alice with a client id" }],
    load: async () => (await import("./change-quotas.ts")).removeQuotas,
  },
];
