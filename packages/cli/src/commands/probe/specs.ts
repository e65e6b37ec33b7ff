import { CLUSTER_OPTIONS } from "../../cluster-options.ts";
import type { CommandSpec } from "../../command.ts";
import { JSON_OPTION } from "../../output.ts";

export const probeCommand: CommandSpec = {
  path: ["probe"],
  summary: "find out why a broker cannot be reached, step by step",
  description:
    "Name, port, TLS, login, protocol, metadata, then each address that the cluster tells clients; with --topic also a record written and read back. " +
    "The first step that breaks is named with what mends it. Status 1 when one broke.",
  arguments: [{ name: "address", summary: "HOST:PORT of a broker" }],
  options: [
    { name: "topic", short: "t", kind: "text", placeholder: "TOPIC", summary: "write one record to this topic and read it back" },
    { name: "timeout-ms", kind: "number", placeholder: "MS", summary: "for each step", defaultText: "5000" },
    JSON_OPTION,
    // The address is an argument here.
    ...CLUSTER_OPTIONS.filter(({ name }) => name !== "bootstrap-server"),
  ],
  examples: [
    { command: "ottla probe kafka-1:9092", does: "each step until the advertised addresses" },
    {
      command: "ottla probe kafka-1:9093 --command-config client.properties --topic health",
      does: "with TLS and a login, and a record there and back",
    },
  ],
  load: async () => (await import("./probe.ts")).probe,
};
