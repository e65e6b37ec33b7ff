import { CLUSTER_OPTIONS } from "../../cluster-options.ts";
import type { CommandSpec, OptionSpec } from "../../command.ts";
import { JSON_OPTION } from "../../output.ts";
import { PASSWORD_ENV } from "../../read-password.ts";
import { MECHANISMS } from "./user-mechanisms.ts";

const MECHANISM: OptionSpec = {
  name: "mechanism",
  kind: "text",
  repeatable: true,
  placeholder: "SCRAM-…",
  choices: MECHANISMS,
  summary: "how the user logs in",
};
const ITERATIONS: OptionSpec = {
  name: "iterations",
  kind: "number",
  placeholder: "N",
  summary: "how often the password is hashed, 4096 to 16384",
  defaultText: "8192",
};
const USER = { name: "user", summary: "its name, without User: before it" };

export const userCommands: readonly CommandSpec[] = [
  {
    path: ["users", "list"],
    summary: "list users who log in by SCRAM",
    description: "Users of PLAIN, of certificates and of OAuth are known to brokers' settings and to their issuers alone.",
    options: [JSON_OPTION, ...CLUSTER_OPTIONS],
    examples: [{ command: "ottla users list", does: "every user, with the mechanisms it may use" }],
    load: async () => (await import("./list-users.ts")).listUsers,
  },
  {
    path: ["users", "add"],
    summary: "add a user who logs in by SCRAM",
    description: "Over the wire goes a salted hash, made here; the cluster never sees the password.",
    arguments: [USER],
    options: [{ ...MECHANISM, defaultText: "SCRAM-SHA-512" }, ITERATIONS, PASSWORD_ENV, JSON_OPTION, ...CLUSTER_OPTIONS],
    examples: [
      { command: "ottla users add alice", does: "asks for the password" },
      { command: "ottla users add app --password-env APP_PASSWORD", does: "for scripts" },
    ],
    load: async () => (await import("./set-password.ts")).addUser,
  },
  {
    path: ["users", "password"],
    summary: "give a user another password",
    description:
      "For every mechanism that it has, or for those named. Who is logged in stays so until the connection ends, or has to log in again.",
    arguments: [USER],
    options: [MECHANISM, ITERATIONS, PASSWORD_ENV, JSON_OPTION, ...CLUSTER_OPTIONS],
    examples: [{ command: "ottla users password alice", does: "asks for the new one" }],
    load: async () => (await import("./set-password.ts")).changePassword,
  },
  {
    path: ["users", "remove"],
    summary: "remove users, or one of their mechanisms",
    description: "Their ACLs and quotas stay: see `ottla acls remove` and `ottla quotas remove`.",
    arguments: [{ ...USER, variadic: true }],
    options: [MECHANISM, JSON_OPTION, ...CLUSTER_OPTIONS],
    examples: [
      { command: "ottla users remove alice bob", does: "nobody can log in as them any more" },
      { command: "ottla users remove alice --mechanism SCRAM-SHA-256", does: "the other mechanism stays" },
    ],
    load: async () => (await import("./remove-users.ts")).removeUsers,
  },
];
