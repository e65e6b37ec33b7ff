import { CLUSTER_OPTIONS } from "../cluster-options.ts";
import type { CommandSpec } from "../command.ts";
import { CONNECT_OPTIONS } from "../connect-option.ts";
import { CONSOLE_OPTIONS } from "../console-option.ts";
import { REGISTRY_OPTIONS } from "../registry-option.ts";

export const upCommand: CommandSpec = {
  path: ["up"],
  summary: "start the services of ottla dev over an existing cluster: a Schema Registry, Connect and a console",
  description:
    "The cluster may be Apache Kafka or Ottla. Several instances of the registry may serve one cluster: any of them takes a write, and losing any loses nothing. Ctrl-C stops cleanly.",
  options: [
    ...CLUSTER_OPTIONS,
    { name: "only", kind: "text", placeholder: "PART,…", summary: "start only these parts", defaultText: "registry,connect,console" },
    { name: "host", kind: "text", placeholder: "HOST", summary: "the address to listen on", defaultText: "127.0.0.1" },
    ...REGISTRY_OPTIONS,
    ...CONNECT_OPTIONS,
    ...CONSOLE_OPTIONS,
    { name: "json", kind: "flag", summary: "print one line of JSON when ready, and nothing else" },
    {
      name: "log-level",
      kind: "text",
      placeholder: "LEVEL",
      summary: "what to log on standard error",
      choices: ["error", "warn", "info", "debug"],
      defaultText: "warn",
    },
  ],
  examples: [
    { command: "ottla up --bootstrap-server kafka:9092", does: "a Schema Registry on 127.0.0.1:8081 over that cluster" },
    {
      command: "ottla up -b kafka:9092 --registry-port 0 --registry-users users.yaml",
      does: "another instance on this machine; users log in",
    },
  ],
  kind: "server",
  load: async () => (await import("./run-up.ts")).runUp,
};
