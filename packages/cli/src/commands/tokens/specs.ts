import { CLUSTER_OPTIONS } from "../../cluster-options.ts";
import type { ArgumentSpec, CommandSpec, OptionSpec } from "../../command.ts";
import { JSON_OPTION } from "../../output.ts";

const OWNER: OptionSpec = { name: "owner", kind: "text", placeholder: "User:NAME", summary: "whose token" };
const RENEWER: OptionSpec = {
  name: "renewer",
  kind: "text",
  repeatable: true,
  placeholder: "User:NAME",
  summary: "who may renew and end it beside its owner",
};
const TOKEN: ArgumentSpec = { name: "token-id", summary: "the id of a token that you may see" };

export const tokenCommands: readonly CommandSpec[] = [
  {
    path: ["tokens", "create"],
    summary: "make a delegation token: a login for programs in place of your own",
    description:
      "Its id and secret are a user's name and password of SCRAM, for as long as it lives. Brokers need delegation.token.secret.key; you must have logged in,\nand not with a token. The secret is shown here and in no other place.",
    options: [
      { ...OWNER, summary: "for whom; default: for yourself" },
      RENEWER,
      { name: "max-lifetime-ms", kind: "number", summary: "it cannot be renewed beyond; default: as the brokers have it" },
      { name: "properties", kind: "flag", summary: "print what a client needs to log in with it, for a file of properties" },
      JSON_OPTION,
      ...CLUSTER_OPTIONS,
    ],
    examples: [
      { command: "ottla tokens create --renewer User:scheduler", does: "a token for yourself, which scheduler may renew" },
      { command: "ottla tokens create --properties > job.properties", does: "all that a job needs to log in as you" },
    ],
    load: async () => (await import("./create-token.ts")).createToken,
  },
  {
    path: ["tokens", "list"],
    summary: "list the delegation tokens that you may see, without their secrets",
    options: [{ ...OWNER, repeatable: true }, JSON_OPTION, ...CLUSTER_OPTIONS],
    examples: [{ command: "ottla tokens list --owner User:alice", does: "the tokens that log in as alice" }],
    load: async () => (await import("./list-tokens.ts")).listTokens,
  },
  {
    path: ["tokens", "renew"],
    summary: "let a delegation token live longer, at most to its last day",
    arguments: [TOKEN],
    options: [
      { name: "period-ms", kind: "number", summary: "for how long from now; default: as the brokers have it" },
      JSON_OPTION,
      ...CLUSTER_OPTIONS,
    ],
    examples: [{ command: "ottla tokens renew RK2cVdtHQuaA5UkoBhWzLw", does: "another while for this token" }],
    load: async () => (await import("./change-token.ts")).renewToken,
  },
  {
    path: ["tokens", "expire"],
    summary: "end a delegation token, now or later",
    arguments: [TOKEN],
    options: [{ name: "after-ms", kind: "number", summary: "in so many ms; default: at once" }, JSON_OPTION, ...CLUSTER_OPTIONS],
    examples: [{ command: "ottla tokens expire RK2cVdtHQuaA5UkoBhWzLw", does: "nobody logs in with this token any more" }],
    load: async () => (await import("./change-token.ts")).expireToken,
  },
];
