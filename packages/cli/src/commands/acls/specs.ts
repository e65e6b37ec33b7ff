import { CLUSTER_OPTIONS } from "../../cluster-options.ts";
import type { CommandSpec, OptionSpec } from "../../command.ts";
import { JSON_OPTION } from "../../output.ts";
import { OPERATION_WORDS } from "./acl-words.ts";

const PRINCIPAL: OptionSpec = { name: "principal", kind: "text", placeholder: "User:NAME", summary: "who; User:* is everybody" };
const OPERATION: OptionSpec = {
  name: "operation",
  short: "o",
  kind: "text",
  placeholder: "OPERATION",
  choices: OPERATION_WORDS,
  summary: "what is done",
};
const RESOURCE: OptionSpec = {
  name: "resource",
  short: "r",
  kind: "text",
  placeholder: "TYPE:NAME",
  summary: "to what: topic:orders, group:app, transactional-id:tx, delegation-token:id, user:User:bob, cluster; * as name is all",
};
const PREFIXED: OptionSpec = { name: "prefixed", kind: "flag", summary: "the name stands for all that begin so" };
const HOST: OptionSpec = {
  name: "host",
  kind: "text",
  placeholder: "ADDRESS",
  summary: "from where: an address, a range such as 10.0.0.0/8, or *",
};
const DENY: OptionSpec = { name: "deny", kind: "flag", summary: "deny in place of allow" };

export const aclCommands: readonly CommandSpec[] = [
  {
    path: ["acls", "list"],
    summary: "list ACLs",
    options: [
      PRINCIPAL,
      OPERATION,
      RESOURCE,
      { name: "concerning", kind: "flag", summary: "every ACL that counts for the resource, also by prefix and for all" },
      HOST,
      JSON_OPTION,
      ...CLUSTER_OPTIONS,
    ],
    examples: [
      { command: "ottla acls list", does: "all ACLs of the cluster" },
      { command: "ottla acls list --resource topic:orders --concerning", does: "what counts for the topic orders" },
    ],
    load: async () => (await import("./list-acls.ts")).listAcls,
  },
  {
    path: ["acls", "add"],
    summary: "allow or deny something to somebody",
    options: [
      PRINCIPAL,
      { ...OPERATION, repeatable: true },
      { ...RESOURCE, repeatable: true },
      PREFIXED,
      HOST,
      DENY,
      JSON_OPTION,
      ...CLUSTER_OPTIONS,
    ],
    examples: [
      {
        command: "ottla acls add --principal User:alice -o read -r topic:orders -r group:billing",
        does: "alice may consume orders as the group billing",
      },
      {
        command: "ottla acls add --principal User:bob -o write -r topic:logs. --prefixed",
        does: "bob may write to every topic that begins with logs.",
      },
    ],
    load: async () => (await import("./add-acls.ts")).addAcls,
  },
  {
    path: ["acls", "remove"],
    summary: "remove the ACLs that are named",
    description: "What is left out counts for all: name at least one of them.",
    options: [PRINCIPAL, OPERATION, RESOURCE, PREFIXED, HOST, DENY, JSON_OPTION, ...CLUSTER_OPTIONS],
    examples: [{ command: "ottla acls remove --principal User:alice", does: "alice loses all that was allowed or denied to her by name" }],
    load: async () => (await import("./remove-acls.ts")).removeAcls,
  },
  {
    path: ["acls", "explain"],
    summary: "tell why something is allowed or denied",
    description:
      "The rule that decides, by the cluster's ACLs; where it is denied, which ACL would be needed. Status 1 where it is denied. super.users and allow.everyone.if.no.acl.found\nare read from a broker; where it does not tell them (Apache Kafka, or you may not ask), say them by the options.",
    options: [
      PRINCIPAL,
      OPERATION,
      RESOURCE,
      { ...HOST, summary: "the client's address", defaultText: "127.0.0.1" },
      { name: "super-user", kind: "text", repeatable: true, placeholder: "User:NAME", summary: "a principal of super.users" },
      { name: "open-without-acls", kind: "flag", summary: "allow.everyone.if.no.acl.found is true" },
      JSON_OPTION,
      ...CLUSTER_OPTIONS,
    ],
    examples: [
      { command: "ottla acls explain --principal User:alice -o write -r topic:orders", does: "may alice write to orders, and why" },
    ],
    load: async () => (await import("./explain-acls.ts")).explainAcls,
  },
];
