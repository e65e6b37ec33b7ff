import type { CommandSpec } from "../command.ts";
import { CONNECT_OPTIONS } from "../connect-option.ts";
import { CONSOLE_OPTIONS } from "../console-option.ts";
import { REGISTRY_OPTIONS } from "../registry-option.ts";

export const devCommand: CommandSpec = {
  path: ["dev"],
  summary: "start a Kafka broker, a Schema Registry, Connect and a console for development, in this process",
  description:
    "Topics are created when first used, consumer groups start without delay, and replication factors above the number of brokers are lowered. Ctrl-C stops cleanly; what was written is there at the next start.",
  options: [
    { name: "data-dir", kind: "text", placeholder: "DIR", summary: "where data is kept", defaultText: ".ottla" },
    { name: "memory", kind: "flag", summary: "keep everything in memory, nothing on disk" },
    { name: "host", kind: "text", placeholder: "HOST", summary: "the address to listen on", defaultText: "127.0.0.1" },
    { name: "port", kind: "number", placeholder: "PORT", summary: "the broker's port; 0 takes any free one", defaultText: "9092" },
    {
      name: "brokers",
      kind: "number",
      placeholder: "N",
      summary: "virtual brokers in this process, on consecutive ports",
      defaultText: "1",
    },
    {
      name: "only",
      kind: "text",
      placeholder: "PART,…",
      summary: "start only these parts",
      defaultText: "broker,registry,connect,console",
    },
    ...REGISTRY_OPTIONS,
    ...CONNECT_OPTIONS,
    ...CONSOLE_OPTIONS,
    { name: "config", kind: "text", placeholder: "FILE", summary: "a properties file in Kafka's names" },
    {
      name: "set",
      kind: "text",
      repeatable: true,
      placeholder: "NAME=VALUE",
      summary: "one property in Kafka's name; goes before the file",
    },
    { name: "faults", kind: "flag", summary: "open a door on 127.0.0.1 by which tests let things go wrong" },
    {
      name: "faults-port",
      kind: "number",
      placeholder: "PORT",
      summary: "the port of that door; implies --faults",
      defaultText: "any free one",
    },
    { name: "faults-file", kind: "text", placeholder: "FILE", summary: "faults that are armed from the start, as YAML; implies --faults" },
    {
      name: "secure",
      kind: "flag",
      summary: "encrypt, ask for a login (SCRAM) and allow nothing that no ACL allows; prints what clients need",
    },
    { name: "demo", kind: "flag", summary: "run the demonstration on real flight data" },
    {
      name: "metrics-port",
      kind: "number",
      placeholder: "PORT",
      summary: "serve /metrics (Prometheus), /health and /ready there; 0 takes any free port",
      defaultText: "not served",
    },
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
    { command: "ottla dev", does: "a broker on 127.0.0.1:9092 with its data in .ottla, a Schema Registry on 8081, Connect on 8083" },
    { command: "ottla dev --memory --port 0 --json --only broker", does: "a throw-away broker for a test, on a free port" },
    { command: "ottla dev --memory --brokers 3 --faults", does: "a broker that fails on demand: see docs/guides/testing.md" },
    { command: "ottla dev --secure", does: "TLS, a user with a password, ACLs that deny by default" },
    { command: "ottla dev --brokers 3 --set num.partitions=6", does: "three virtual brokers, new topics with six partitions" },
  ],
  kind: "server",
  load: async () => (await import("./run-dev.ts")).runDev,
};
