import { CLUSTER_OPTIONS } from "../../cluster-options.ts";
import type { CommandSpec } from "../../command.ts";
import { CONNECT_REST_OPTIONS } from "../../connect/connect-options.ts";
import { JSON_OPTION } from "../../output.ts";
import { PASSWORD_ENV } from "../../read-password.ts";
import { connectDeadLetterCommands } from "../dlq/specs.ts";

const NAME = { name: "connector", summary: "its name" } as const;
const FILE = {
  name: "file",
  summary: 'JSON: a connector\'s settings, or {"name", "config"} as Connect\'s REST API takes it',
} as const;

const PLUGINS = {
  name: "connect-plugins",
  kind: "text",
  placeholder: "DIR",
  summary: "where plugins are",
  defaultText: "connectors",
} as const;

function verb(name: "pause" | "resume" | "stop", summary: string): CommandSpec {
  return {
    path: ["connect", name],
    summary,
    arguments: [NAME],
    options: [...CONNECT_REST_OPTIONS],
    examples: [{ command: `ottla connect ${name} orders`, does: summary }],
    load: async () => (await import("./control-connector.ts")).controlConnector(name),
  };
}

export const connectCommands: readonly CommandSpec[] = [
  {
    path: ["connect", "list"],
    summary: "list connectors and how their tasks are",
    options: [JSON_OPTION, ...CONNECT_REST_OPTIONS],
    examples: [{ command: "ottla connect list", does: "every connector, its kind, its state, and its tasks' states" }],
    load: async () => (await import("./list-connectors.ts")).listConnectors,
  },
  {
    path: ["connect", "status"],
    summary: "show a connector, its tasks, what they failed with, and how far it has come",
    arguments: [NAME],
    options: [JSON_OPTION, ...CONNECT_REST_OPTIONS],
    examples: [{ command: "ottla connect status orders", does: "states, traces and offsets of one connector" }],
    load: async () => (await import("./show-connector.ts")).showConnector,
  },
  {
    path: ["connect", "validate"],
    summary: "check a connector's settings without creating it; exit status 1 where something is wrong",
    arguments: [FILE],
    options: [JSON_OPTION, ...CONNECT_REST_OPTIONS],
    examples: [{ command: "ottla connect validate orders.json", does: "every setting that is wrong or that nobody reads" }],
    load: async () => (await import("./validate-connector.ts")).validateConnector,
  },
  {
    path: ["connect", "preview"],
    summary: "show some records of a source, or of a sink's topics, as they would be written",
    description:
      "Nothing is created and nothing written, and no worker is asked: the source, or the sink's topics from their beginning, are read from here, with the settings of the file. No group is joined. Exit status 1 where a record is bad.",
    arguments: [FILE],
    options: [
      { name: "limit", short: "n", kind: "number", placeholder: "N", summary: "so many records", defaultText: "10" },
      PLUGINS,
      JSON_OPTION,
      ...CLUSTER_OPTIONS,
    ],
    examples: [
      { command: "ottla connect preview orders.json -n 3", does: "three records, step by step" },
      {
        command: "ottla connect preview lake.json -b broker:9092",
        does: "of a sink: its topics' first ten, and which object each would stand in",
      },
    ],
    kind: "stream",
    load: async () => (await import("./preview-connector.ts")).previewConnector,
  },
  {
    path: ["connect", "apply"],
    summary: "create a connector, or change it to what a file says; shows what changes",
    arguments: [FILE],
    options: [JSON_OPTION, ...CONNECT_REST_OPTIONS],
    examples: [{ command: "ottla connect apply orders.json", does: "makes it so" }],
    load: async () => (await import("./apply-connector.ts")).applyConnector,
  },
  {
    path: ["connect", "diff"],
    summary: "show what apply would change of what runs, and change nothing; exit status 1 where something would",
    description:
      "The settings that differ, what is wrong with the file's, and what would become of the tasks. Secrets are hidden on both sides.",
    arguments: [FILE],
    options: [JSON_OPTION, ...CONNECT_REST_OPTIONS],
    examples: [{ command: "ottla connect diff orders.json", does: "the settings that differ from those that run" }],
    load: async () => (await import("./diff-connector.ts")).diffConnector,
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
      ...CONNECT_REST_OPTIONS,
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
    options: [{ name: "only-failed", kind: "flag", summary: "only what has failed" }, ...CONNECT_REST_OPTIONS],
    examples: [{ command: "ottla connect restart orders --only-failed", does: "starts the tasks that failed" }],
    load: async () => (await import("./control-connector.ts")).restartConnector,
  },
  {
    path: ["connect", "delete"],
    summary: "delete a connector; its offsets stay",
    arguments: [NAME],
    options: [...CONNECT_REST_OPTIONS],
    examples: [{ command: "ottla connect delete orders", does: "ends its tasks and forgets its settings" }],
    load: async () => (await import("./control-connector.ts")).deleteConnector,
  },
  {
    path: ["connect", "run"],
    summary: "run one connector from its file until Ctrl-C, or print a source's records (--dry)",
    description:
      "A worker of its own, with no REST API: it runs the connector over the cluster; Ctrl-C lets it write what it has read, and commit. A source's offsets stand in a file, a sink's in its group. With --dry the source is read, and each record, behind the transforms that settings name, is a line of JSON with the topic, the key, the value and the place that it would be written with; nothing is written, and no offset is kept. Transforms may stand in the plugin's file.",
    arguments: [
      {
        name: "file",
        summary: "a connector's JSON, a .ts or .js file that exports a source or a sink, or the name of one that comes along",
      },
    ],
    options: [
      { name: "dry", kind: "flag", summary: "print a source's records, and write nothing" },
      {
        name: "offsets",
        kind: "text",
        placeholder: "FILE",
        summary: "where a source's offsets are kept",
        defaultText: "the connector's name and .offsets",
      },
      { name: "set", kind: "text", repeatable: true, placeholder: "NAME=VALUE", summary: "a setting" },
      {
        name: "limit",
        short: "n",
        kind: "number",
        placeholder: "N",
        summary: "with --dry: at most so many records",
        defaultText: "without an end",
      },
      PLUGINS,
      ...CLUSTER_OPTIONS,
    ],
    examples: [
      { command: "ottla connect run connectors/stars.ts --dry --set repo=a/b -n 10", does: "the first ten records" },
      { command: "ottla connect run orders.json -b broker:9092", does: "runs it until Ctrl-C" },
    ],
    kind: "server",
    load: async () => (await import("./run-plugin.ts")).runPlugin,
  },
  {
    path: ["connect", "new"],
    summary: "make the files of a new plugin: a source, a sink or a transform that works, and its test",
    description:
      "The plugin is TypeScript with its settings, a check, errors, and comments that say what is asked of it; the test of a connector is that of @ottla/connect/testing, which stops and kills it. Nothing that is there is replaced.",
    arguments: [{ name: "name", summary: "what connector.class will say: small letters, digits, dashes" }],
    options: [
      {
        name: "kind",
        kind: "text",
        placeholder: "KIND",
        summary: "what it is",
        choices: ["source", "sink", "transform"],
        defaultText: "source",
      },
      PLUGINS,
      JSON_OPTION,
    ],
    examples: [
      { command: "ottla connect new github-stars", does: "makes connectors/github-stars.ts and its test" },
      { command: "ottla connect new mask-names --kind transform", does: "makes a transform and its test" },
    ],
    load: async () => (await import("./new-plugin.ts")).newPlugin,
  },
  {
    path: ["connect", "password"],
    summary: "print a password's hash for the users file of a Connect",
    description: "The file is for --connect-users: users with a name, this hash and a role; see docs/guides/connect-access.md.",
    options: [PASSWORD_ENV],
    examples: [{ command: "ottla connect password", does: "asks for the password" }],
    load: async () => (await import("../registry/print-password-hash.ts")).printHashFor("Connect's user"),
  },
  ...connectDeadLetterCommands,
];
