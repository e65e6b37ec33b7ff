import { CLUSTER_OPTIONS } from "../../cluster-options.ts";
import { LOOK_OPTIONS } from "../doctor/look-option-specs.ts";
import type { CommandSpec } from "../../command.ts";
import { JSON_OPTION } from "../../output.ts";

const PROFILES = ["strimzi", "jmx", "ottla", "kminion", "kafka-exporter", "kafka-lag-exporter", "machine", "streams", "streams-otel"];

export const monitorCommands: readonly CommandSpec[] = [
  {
    path: ["monitor", "gen"],
    summary: "write alerts, their tests, routes, dashboards and runbooks for the exporters you have",
    description:
      "Prometheus rules (also as a PrometheusRule resource), tests of each rule for promtool, routes and inhibitions for Alertmanager, dashboards for Grafana, a runbook per alert. " +
      "Several profiles may be given: a metric comes from the first that has it. What none of them has is told and left out.",
    options: [
      {
        name: "profile",
        kind: "text",
        repeatable: true,
        placeholder: "PROFILE",
        choices: PROFILES,
        summary: "what is scraped; several times for several",
      },
      { name: "out", short: "o", kind: "text", placeholder: "FOLDER", summary: "where to write; files of the same names are replaced" },
      {
        name: "brokers",
        kind: "number",
        placeholder: "N",
        summary: "how many brokers there must be",
        defaultText: "as many as in the last hour",
      },
      {
        name: "lag-seconds",
        kind: "number",
        placeholder: "S",
        summary: "from which age of unread records on a group is late",
        defaultText: "60",
      },
      {
        name: "data-mountpoint",
        kind: "text",
        placeholder: "PATH",
        summary: "where node_exporter sees the disk of the logs",
        defaultText: "/var/lib/kafka",
      },
      {
        name: "runbook-url",
        kind: "text",
        placeholder: "URL",
        summary: "where the runbooks will be served",
        defaultText: "runbooks, beside the rules",
      },
      { name: "critical-webhook", kind: "text", placeholder: "URL", summary: "where Alertmanager sends critical alerts" },
      { name: "warning-webhook", kind: "text", placeholder: "URL", summary: "where it sends warnings" },
      JSON_OPTION,
    ],
    examples: [
      { command: "ottla monitor gen --profile strimzi --out monitoring", does: "for a cluster that Strimzi runs" },
      {
        command: "ottla monitor gen --profile jmx --profile kafka-exporter --profile machine -o monitoring",
        does: "for brokers on machines",
      },
      { command: "promtool test rules monitoring/kafka-rules.test.yaml", does: "each alert fires when it should, and not just before" },
    ],
    load: async () => (await import("./generate.ts")).generate,
  },
  {
    path: ["monitor", "alerts"],
    summary: "list the alerts, and which profiles have the metrics for each",
    options: [JSON_OPTION],
    examples: [{ command: "ottla monitor alerts", does: "a table" }],
    load: async () => (await import("./list-alerts.ts")).listAlerts,
  },
  {
    path: ["runbook"],
    summary: "what to do about an alert, step by step",
    description:
      "The labels of the alert fill the commands. With --bootstrap-server it begins with what the doctor finds now by the alert's rule.",
    arguments: [{ name: "alert", summary: "the alert's name" }],
    options: [
      {
        name: "label",
        kind: "text",
        repeatable: true,
        placeholder: "NAME=VALUE",
        summary: "a label of the alert: group=billing, topic=orders, broker=…",
      },
      ...LOOK_OPTIONS,
      JSON_OPTION,
      ...CLUSTER_OPTIONS,
    ],
    examples: [
      {
        command: "ottla runbook KafkaGroupStopped --label group=billing --label topic=orders",
        does: "the steps with the group's commands",
      },
      { command: "ottla runbook KafkaUnderMinIsr --bootstrap-server kafka-1:9092", does: "which partitions they are now, then the steps" },
    ],
    load: async () => (await import("./runbook.ts")).runbook,
  },
];
