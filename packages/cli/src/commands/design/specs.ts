import { CLUSTER_OPTIONS } from "../../cluster-options.ts";
import type { CommandSpec } from "../../command.ts";
import { JSON_OPTION } from "../../output.ts";

export const designCommand: CommandSpec = {
  path: ["design"],
  summary: "design a system: topics, ACLs, clients, schemas and capacity from one file",
  description:
    "Reads a YAML file with the events (key, rate, size, order, retention) and the services (what they read and write, how sure they must be), and writes topics with partitions by what binds, " +
    "ACLs with the least that is needed, settings of each client, schemas, inputs of alerts and a report with the reason of each number: as scripts for ottla and for Kafka's tools, as resources of " +
    "Strimzi, and for Terraform. No cluster is needed. The same file gives the same bytes.",
  arguments: [{ name: "file", summary: "the design file; docs/guides/design.md describes it", optional: true }],
  options: [
    {
      name: "out",
      kind: "text",
      placeholder: "DIR",
      summary: "write all files there; one that was changed by hand since is not overwritten",
    },
    { name: "overwrite", kind: "flag", summary: "with --out: overwrite what was changed by hand as well" },
    { name: "schema", kind: "flag", summary: "print the form of design files as JSON Schema, for editors" },
    {
      name: "prove",
      kind: "flag",
      summary: "apply it to a broker in memory, run its load scaled down under its settings and ACLs, and show what came of each promise",
    },
    { name: "records", kind: "number", placeholder: "N", summary: "with --prove: records that services begin with", defaultText: "1000" },
    {
      name: "timeout-ms",
      kind: "number",
      placeholder: "MS",
      summary: "with --prove: the most that the load may take",
      defaultText: "120000",
    },
    {
      name: "plan",
      kind: "text",
      placeholder: "FILE",
      summary: "look at a cluster, and write a plan of what it lacks of the design, for ottla apply",
    },
    JSON_OPTION,
    ...CLUSTER_OPTIONS,
  ],
  examples: [
    { command: "ottla design shop.yaml", does: "topics, clients and what to mind" },
    { command: "ottla design shop.yaml --out shop", does: "scripts, resources, settings and report" },
    { command: "ottla design shop.yaml --prove", does: "a table of promises; status 1 where one does not hold" },
    { command: "ottla design shop.yaml --plan shop-plan.yaml", does: "what the cluster lacks of it, as a plan to review" },
    { command: "ottla design --schema > design.schema.json", does: "for an editor's completion" },
  ],
  load: async () => (await import("./design.ts")).design,
};
