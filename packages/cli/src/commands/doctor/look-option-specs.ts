import type { OptionSpec } from "../../command.ts";

/** Pages of metrics, which the Kafka protocol does not show. */
export const METRICS_OPTION: OptionSpec = {
  name: "metrics",
  kind: "text",
  repeatable: true,
  placeholder: "URL|FILE",
  summary:
    "a page of metrics of a broker, a client or a Streams application (Prometheus's text, or an Ottla Streams instance); may be repeated",
  defaultText: "OTTLA_METRICS, by commas; else none is read",
};

/** What a look asks elsewhere than at the brokers. */
export const LOOK_BESIDES_OPTIONS: readonly OptionSpec[] = [
  {
    name: "connect-url",
    kind: "text",
    placeholder: "URL",
    summary: "a worker of Connect, whose connectors are looked at too",
    defaultText: "OTTLA_CONNECT_URL; else none is asked",
  },
  METRICS_OPTION,
  {
    name: "authorizer-log",
    kind: "text",
    repeatable: true,
    placeholder: "FILE",
    summary: "a log of the brokers' authorizer, for ACLs that nobody uses; may be repeated",
  },
  {
    name: "credentials",
    kind: "text",
    placeholder: "FILE",
    summary: "an inventory of credentials: PRINCIPAL,MECHANISM,DAY a line",
  },
  { name: "schemas-topic", kind: "text", placeholder: "TOPIC", summary: "where a registry keeps its schemas", defaultText: "_schemas" },
];

/** The same, and records. */
export const LOOK_OPTIONS: readonly OptionSpec[] = [
  ...LOOK_BESIDES_OPTIONS,
  {
    name: "sample",
    kind: "flag",
    summary: "look at the newest records of up to 100 topics too: how they are keyed and compressed, nothing of their content",
  },
];
