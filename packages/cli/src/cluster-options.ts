import type { OptionSpec } from "./command.ts";

export const DEFAULT_BOOTSTRAP_SERVER = "127.0.0.1:9092";

/** Options of every command that talks to a cluster. */
export const CLUSTER_OPTIONS: readonly OptionSpec[] = [
  {
    name: "bootstrap-server",
    short: "b",
    kind: "text",
    placeholder: "HOST:PORT,…",
    summary: "where the cluster is",
    defaultText: `OTTLA_BOOTSTRAP_SERVER or ${DEFAULT_BOOTSTRAP_SERVER}`,
  },
  { name: "command-config", kind: "text", placeholder: "FILE", summary: "client properties in Kafka's names" },
];
