import type { CommandSpec } from "../command.ts";

export const brokerCommand: CommandSpec = {
  path: ["broker"],
  summary: "start the broker alone, with Kafka's own property names",
  options: [
    { name: "config", kind: "text", placeholder: "FILE", summary: "server.properties" },
    { name: "set", kind: "text", repeatable: true, placeholder: "NAME=VALUE", summary: "one property; goes before the file" },
    {
      name: "brokers",
      kind: "number",
      placeholder: "N",
      summary: "virtual brokers in this process, on consecutive ports",
      defaultText: "1",
    },
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
      defaultText: "info",
    },
  ],
  examples: [
    { command: "ottla broker --config server.properties", does: "what kafka-server-start.sh does" },
    {
      command: "ottla broker --set log.dirs=/var/lib/ottla --set log.flush.interval.messages=1",
      does: "acknowledge only what is on the disk",
    },
  ],
  kind: "server",
  load: async () => (await import("./run-broker.ts")).runBroker,
};
