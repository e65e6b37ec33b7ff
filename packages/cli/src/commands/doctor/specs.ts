import { CLUSTER_OPTIONS } from "../../cluster-options.ts";
import type { CommandSpec } from "../../command.ts";
import { JSON_OPTION } from "../../output.ts";
import { LOOK_OPTIONS } from "./look-option-specs.ts";

export const doctorCommand: CommandSpec = {
  path: ["doctor"],
  summary: "what is wrong with a live cluster, the gravest first",
  description:
    "One look at everything that the Kafka protocol shows, at a bounded rate: brokers, topics, partitions, quorum, groups, transactions, quotas, ACLs, the registry that keeps its schemas there; and connectors by --connect-url. " +
    "What a cause brings about is told under it; what could not be seen is told too, and is never an all-clear. Rates, lag and what comes and goes need several looks: --for. " +
    "Status 0: healthy, 1: an error or a warning was found, 2: the cluster could not be looked at, or this login may see only a part of it.",
  options: [
    {
      name: "profile",
      kind: "text",
      placeholder: "PROFILE",
      choices: ["dev", "prod", "critical"],
      summary: "for a developer's machine, for what people rely on, for what must not lose a record",
      defaultText: "dev for one broker on this machine, else prod",
    },
    {
      name: "for",
      kind: "number",
      placeholder: "SECONDS",
      summary: "look again and again for so long before judging",
      defaultText: "0: one look",
    },
    { name: "every", kind: "number", placeholder: "SECONDS", summary: "with --for: look so often", defaultText: "5" },
    { name: "watch", kind: "number", placeholder: "SECONDS", summary: "judge again so often, until Ctrl-C" },
    { name: "only", kind: "text", repeatable: true, placeholder: "RULE", summary: "a rule or a family, as CLU-03 or GRP; may be repeated" },
    {
      name: "min-severity",
      kind: "text",
      placeholder: "SEVERITY",
      choices: ["error", "warning", "info"],
      summary: "leave out what is less grave",
      defaultText: "info",
    },
    {
      name: "config",
      kind: "text",
      placeholder: "FILE",
      summary: "numbers of rules that are others here: lint: {thresholds: …}",
      defaultText: "ottla.yaml, if it is there",
    },
    {
      name: "applications",
      kind: "text",
      repeatable: true,
      placeholder: "PATH",
      summary:
        "files or folders with the settings of applications, for what the protocol does not show of them (max.poll.interval.ms); may be repeated",
    },
    ...LOOK_OPTIONS,
    { name: "fix", kind: "text", placeholder: "PLANFILE", summary: 'write a plan that mends what was found, for "ottla apply"' },
    { name: "prometheus", kind: "flag", summary: "print metrics in Prometheus's text format: findings by rule" },
    JSON_OPTION,
    ...CLUSTER_OPTIONS,
  ],
  examples: [
    { command: "ottla doctor", does: "one look, and what is wrong" },
    { command: "ottla doctor --for 30", does: "watches for half a minute first: lag, rebalances, replicas that come and go" },
    { command: "ottla doctor --json --min-severity warning", does: "for cron and CI; the status says whether something was found" },
    { command: "ottla doctor --prometheus > doctor.prom", does: "a file for node_exporter's textfile collector" },
    { command: "ottla doctor --fix plan.yaml", does: "a plan to read, and to carry out with ottla apply plan.yaml" },
    {
      command: "ottla doctor --metrics http://kafka-1:9404 --metrics http://orders-1:7070 --sample",
      does: "also by pages of metrics of brokers and applications, and by what the newest records look like",
    },
    { command: "ottla doctor --only GRP --watch 30", does: "groups alone, every half a minute" },
  ],
  load: async () => (await import("./doctor.ts")).doctor,
};
