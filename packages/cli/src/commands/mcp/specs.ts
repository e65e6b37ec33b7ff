import { CLUSTER_OPTIONS } from "../../cluster-options.ts";
import type { CommandSpec, OptionSpec } from "../../command.ts";
import { JSON_OPTION } from "../../output.ts";
import { LOOK_BESIDES_OPTIONS } from "../doctor/look-option-specs.ts";

const APPROVALS: OptionSpec = {
  name: "approvals",
  kind: "text",
  placeholder: "FOLDER",
  summary: "where plans wait for approval; one for this user if nothing is said",
};

export const mcpCommands: readonly CommandSpec[] = [
  {
    path: ["mcp"],
    summary: "serve the expert to AI agents by the Model Context Protocol",
    description:
      "Over standard input and output, or with --http over Streamable HTTP on this machine. It reads and changes nothing unless allowed: lint, size, design, explain and runbooks need no cluster; with --bootstrap-server " +
      "one cluster is looked at, bounded and paged. --allow-data lets agents read records, masked. --allow-writes lets them apply plans, each after a person's consent. docs/guides/mcp.md shows the settings of the usual agents.",
    options: [
      { name: "http", kind: "number", placeholder: "PORT", summary: "serve Streamable HTTP at /mcp on this port of 127.0.0.1; 0: any" },
      { name: "allow-data", kind: "flag", summary: "agents may read records" },
      { name: "allow-writes", kind: "flag", summary: "agents may apply plans, with consent" },
      {
        name: "write-prefix",
        kind: "text",
        repeatable: true,
        placeholder: "TEXT",
        summary: "only topics and groups whose names begin so may be changed",
      },
      APPROVALS,
      ...LOOK_BESIDES_OPTIONS,
      ...CLUSTER_OPTIONS,
    ],
    examples: [
      { command: "ottla mcp", does: "the tools that need no cluster" },
      { command: "ottla mcp --bootstrap-server kafka-1:9092 --command-config client.properties", does: "a cluster to look at, read-only" },
      {
        command: "ottla mcp --bootstrap-server kafka-1:9092 --metrics http://kafka-1:9404",
        does: "a broker's load too, by its page of metrics",
      },
      { command: "OTTLA_MCP_TOKEN=… ottla mcp --http 8085 --bootstrap-server 127.0.0.1:9092", does: "for agents that speak HTTP" },
    ],
    kind: "server",
    load: async () => (await import("./serve-mcp.ts")).serveMcp,
  },
  {
    path: ["approve"],
    summary: "approve a plan that an agent wants to apply",
    description: "Shows the plan and asks in this terminal. The approval is good for exactly this plan, once, for five minutes.",
    arguments: [{ name: "plan", summary: "the plan's id; none: what waits", optional: true }],
    options: [APPROVALS, JSON_OPTION],
    examples: [
      { command: "ottla approve", does: "the plans that wait" },
      { command: "ottla approve plan-0a1b2c3d4e5f", does: "shows it and asks" },
    ],
    load: async () => (await import("./approve.ts")).approve,
  },
];
