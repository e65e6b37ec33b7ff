import type { CommandSpec } from "../../command.ts";
import { CONNECT_URL_OPTION } from "../../connect/connect-rest.ts";
import { JSON_OPTION } from "../../output.ts";
import { connectDeadLetterCommands } from "../dlq/specs.ts";

const NAME = { name: "connector", summary: "its name" } as const;
const FILE = {
  name: "file",
  summary: 'JSON: a connector\'s settings, or {"name", "config"} as Connect\'s REST API takes it',
} as const;

function verb(name: "pause" | "resume" | "stop", summary: string): CommandSpec {
  return {
    path: ["connect", name],
    summary,
    arguments: [NAME],
    options: [CONNECT_URL_OPTION],
    examples: [{ command: `ottla connect ${name} orders`, does: summary }],
    load: async () => (await import("./control-connector.ts")).controlConnector(name),
  };
}

export const connectCommands: readonly CommandSpec[] = [
  {
    path: ["connect", "list"],
    summary: "list connectors and how their tasks are",
    options: [JSON_OPTION, CONNECT_URL_OPTION],
    examples: [{ command: "ottla connect list", does: "every connector, its kind, its state, and its tasks' states" }],
    load: async () => (await import("./list-connectors.ts")).listConnectors,
  },
  {
    path: ["connect", "status"],
    summary: "show a connector, its tasks, what they failed with, and how far it has come",
    arguments: [NAME],
    options: [JSON_OPTION, CONNECT_URL_OPTION],
    examples: [{ command: "ottla connect status orders", does: "states, traces and offsets of one connector" }],
    load: async () => (await import("./show-connector.ts")).showConnector,
  },
  {
    path: ["connect", "validate"],
    summary: "check a connector's settings without creating it; exit status 1 where something is wrong",
    arguments: [FILE],
    options: [JSON_OPTION, CONNECT_URL_OPTION],
    examples: [{ command: "ottla connect validate orders.json", does: "every setting that is wrong or that nobody reads" }],
    load: async () => (await import("./validate-connector.ts")).validateConnector,
  },
  {
    path: ["connect", "preview"],
    summary: "read some records of a source and show them after each transform and as they would be written",
    description:
      "Nothing is created and nothing written, and no worker is asked: the source is read from here, with the settings of the file.",
    arguments: [FILE],
    options: [
      { name: "limit", short: "n", kind: "number", placeholder: "N", summary: "so many records", defaultText: "10" },
      { name: "connect-plugins", kind: "text", placeholder: "DIR", summary: "where plugins are", defaultText: "connectors" },
      JSON_OPTION,
    ],
    examples: [{ command: "ottla connect preview orders.json -n 3", does: "three records, step by step" }],
    kind: "stream",
    load: async () => (await import("./preview-connector.ts")).previewConnector,
  },
  {
    path: ["connect", "apply"],
    summary: "create a connector, or change it to what a file says; shows what changes",
    arguments: [FILE],
    options: [{ name: "dry-run", kind: "flag", summary: "show what would change, and change nothing" }, JSON_OPTION, CONNECT_URL_OPTION],
    examples: [
      { command: "ottla connect apply orders.json --dry-run", does: "the settings that differ from those that run" },
      { command: "ottla connect apply orders.json", does: "makes it so" },
    ],
    load: async () => (await import("./apply-connector.ts")).applyConnector,
  },
  {
    path: ["connect", "logs"],
    summary: "show the last lines of a worker's log, of one connector or all",
    description:
      "A worker of ours keeps its last 2,000 lines; of several workers the one that is asked. Levels are changed by PUT /admin/loggers/root and /admin/loggers/connector.NAME.",
    arguments: [{ ...NAME, optional: true }],
    options: [
      { name: "limit", short: "n", kind: "number", placeholder: "N", summary: "so many lines", defaultText: "50" },
      { name: "follow", short: "f", kind: "flag", summary: "go on with what comes" },
      JSON_OPTION,
      CONNECT_URL_OPTION,
    ],
    examples: [{ command: "ottla connect logs orders -f", does: "what the connector's tasks say, as they say it" }],
    kind: "stream",
    load: async () => (await import("./show-logs.ts")).showLogs,
  },
  verb("pause", "stop reading and writing; tasks stay"),
  verb("resume", "go on after a pause or a stop"),
  verb("stop", "end a connector's tasks; its settings and offsets stay"),
  {
    path: ["connect", "restart"],
    summary: "start a connector and its tasks again",
    arguments: [NAME],
    options: [{ name: "only-failed", kind: "flag", summary: "only what has failed" }, CONNECT_URL_OPTION],
    examples: [{ command: "ottla connect restart orders --only-failed", does: "starts the tasks that failed" }],
    load: async () => (await import("./control-connector.ts")).restartConnector,
  },
  {
    path: ["connect", "delete"],
    summary: "delete a connector; its offsets stay",
    arguments: [NAME],
    options: [CONNECT_URL_OPTION],
    examples: [{ command: "ottla connect delete orders", does: "ends its tasks and forgets its settings" }],
    load: async () => (await import("./control-connector.ts")).deleteConnector,
  },
  {
    path: ["connect", "run"],
    summary: "run a source's file without a cluster and print its records",
    description:
      "Loads the file, reads as the source would, and prints each record, behind the transforms that settings name, as a line of JSON with the topic, the key, the value and the place that it would be written with. Transforms may stand in the same file. Nothing is written, and no offset is kept.",
    arguments: [{ name: "file", summary: "a .ts or .js file that exports a source, or the name of one that comes along" }],
    options: [
      { name: "dry", kind: "flag", summary: "print records only (the one way there is yet)" },
      { name: "set", kind: "text", repeatable: true, placeholder: "NAME=VALUE", summary: "a setting" },
      { name: "limit", short: "n", kind: "number", placeholder: "N", summary: "at most so many records", defaultText: "without an end" },
    ],
    examples: [{ command: "ottla connect run connectors/stars.ts --dry --set repo=a/b -n 10", does: "the first ten records" }],
    kind: "stream",
    load: async () => (await import("./run-plugin.ts")).runPlugin,
  },
  ...connectDeadLetterCommands,
];
