import type { OptionSpec } from "../../command.ts";

/** What a look sees besides the brokers. */
export const LOOK_OPTIONS: readonly OptionSpec[] = [
  {
    name: "connect-url",
    kind: "text",
    placeholder: "URL",
    summary: "a worker of Connect, whose connectors are looked at too",
    defaultText: "OTTLA_CONNECT_URL; else none is asked",
  },
  { name: "schemas-topic", kind: "text", placeholder: "TOPIC", summary: "where a registry keeps its schemas", defaultText: "_schemas" },
];
