import { CLUSTER_OPTIONS } from "../../cluster-options.ts";
import type { ArgumentSpec, CommandSpec } from "../../command.ts";
import { JSON_OPTION } from "../../output.ts";

const TYPE: ArgumentSpec = { name: "type", summary: "topic, broker, brokers (the default of all), group, client-metrics or broker-logger" };
const NAME: ArgumentSpec = { name: "name", summary: "the topic, node id or group; left out for brokers" };

export const configCommands: readonly CommandSpec[] = [
  {
    path: ["configs", "describe"],
    summary: "show settings of topics, brokers and groups",
    arguments: [TYPE, { ...NAME, optional: true }],
    options: [
      { name: "all", short: "a", kind: "flag", summary: "also settings that have their default" },
      { name: "name", short: "n", kind: "text", repeatable: true, placeholder: "SETTING", summary: "only this setting" },
      { name: "documentation", short: "d", kind: "flag", summary: "what each setting means" },
      JSON_OPTION,
      ...CLUSTER_OPTIONS,
    ],
    examples: [
      { command: "ottla configs describe topic orders", does: "what is set on the topic" },
      {
        command: "ottla configs describe broker 1 -n log.retention.ms -d",
        does: "one setting of a broker, where it comes from and what it means",
      },
    ],
    load: async () => (await import("./describe-configs.ts")).describeConfigs,
  },
  {
    path: ["configs", "set"],
    summary: "change settings; all of one call or none",
    description: "NAME=VALUE sets; NAME+=VALUE and NAME-=VALUE add to a list and take from it.",
    arguments: [TYPE, NAME, { name: "setting", summary: "NAME=VALUE", variadic: true, optional: true }],
    options: [{ name: "validate-only", kind: "flag", summary: "check, but change nothing" }, JSON_OPTION, ...CLUSTER_OPTIONS],
    examples: [
      { command: "ottla configs set topic orders retention.ms=86400000", does: "keep a day" },
      { command: "ottla configs set topic orders cleanup.policy+=compact", does: "compact as well as delete" },
      { command: "ottla configs set brokers log.retention.ms=86400000", does: "for all brokers of the cluster" },
    ],
    load: async () => (await import("./alter-configs.ts")).setConfigs,
  },
  {
    path: ["configs", "unset"],
    summary: "give settings their default back",
    arguments: [TYPE, NAME, { name: "setting", summary: "the setting's name", variadic: true, optional: true }],
    options: [{ name: "validate-only", kind: "flag", summary: "check, but change nothing" }, JSON_OPTION, ...CLUSTER_OPTIONS],
    examples: [{ command: "ottla configs unset topic orders retention.ms", does: "back to what the broker says" }],
    load: async () => (await import("./alter-configs.ts")).unsetConfigs,
  },
];
