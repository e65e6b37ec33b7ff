import type { ConfigValidator } from "@ottla/base";
import { type ConfigDefinition, define } from "./config-definition.ts";

const COMMON = "Common";
const TRANSFORMS = "Transforms";
const PREDICATES = "Predicates";
const ERRORS = "Error Handling";
const RESTARTS = "Restarts";
const TOPICS = "Topic Creation";
const EXACTLY_ONCE = "Exactly Once Support";
const OFFSETS = "offsets.topic";

const atLeast = (min: number): { readonly validator: ConfigValidator } => ({ validator: { kind: "range", min } });
const oneOf = (...values: string[]): { readonly validator: ConfigValidator } => ({ validator: { kind: "oneOf", values } });
const low = { importance: "low" } as const;
const high = { importance: "high" } as const;
const name: ConfigValidator = {
  kind: "custom",
  allowed: "a name without control characters",
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  accepts: (value) => typeof value === "string" && value !== "" && !/[\u0000-\u001f\u007f]/.test(value),
};

const common: readonly ConfigDefinition[] = [
  define(COMMON, 1, "MEDIUM", "Connector name", "name", "string", undefined, "What the connector is called; no other has this name.", {
    ...high,
    validator: name,
  }),
  define(
    COMMON,
    2,
    "LONG",
    "Connector class",
    "connector.class",
    "string",
    undefined,
    "Which connector: a plugin's name, or the Java class that it stands for, with its package or without.",
    high,
  ),
  define(
    COMMON,
    3,
    "MEDIUM",
    "Connector version",
    "connector.plugin.version",
    "string",
    null,
    "Taken and not looked at: a plugin has one version here.",
  ),
  define(COMMON, 4, "SHORT", "Tasks max", "tasks.max", "int", "1", "The most tasks that the connector's work may be split into.", {
    ...high,
    ...atLeast(1),
  }),
  define(
    COMMON,
    5,
    "SHORT",
    "Enforce tasks max",
    "tasks.max.enforce",
    "boolean",
    "true",
    "A connector that asks for more tasks than it may have fails.",
    low,
  ),
  ...(["key", "value", "header"] as const).flatMap((part, index): ConfigDefinition[] => {
    const title = part[0]?.toUpperCase() + part.slice(1);
    return [
      define(
        COMMON,
        6 + 2 * index,
        "SHORT",
        `${title} converter class`,
        `${part}.converter`,
        "class",
        null,
        `Turns ${part}s into bytes and back. Left out: the worker's. Its settings stand behind "${part}.converter.".`,
        low,
      ),
      define(
        COMMON,
        7 + 2 * index,
        "SHORT",
        `${title} converter version`,
        `${part}.converter.plugin.version`,
        "string",
        null,
        "Taken and not looked at: a plugin has one version here.",
        low,
      ),
    ];
  }),
  define(
    TRANSFORMS,
    12,
    "LONG",
    "Transforms",
    "transforms",
    "list",
    "",
    'Names of the transforms that each record goes through, in this order; "transforms.NAME.type" says which.',
    low,
  ),
  define(
    PREDICATES,
    13,
    "LONG",
    "Predicates",
    "predicates",
    "list",
    "",
    'Names of conditions that transforms may be bound to; "predicates.NAME.type" says which.',
    low,
  ),
  define(
    COMMON,
    14,
    "MEDIUM",
    "Reload Action",
    "config.action.reload",
    "string",
    "restart",
    "What happens when a value of a config provider runs out. Providers here have no such values.",
    { ...low, ...oneOf("none", "restart") },
  ),
  define(
    ERRORS,
    1,
    "MEDIUM",
    "Retry Timeout for Errors",
    "errors.retry.timeout",
    "long",
    "0",
    "How long, in ms, a failed operation is tried again; 0: not at all, -1: for ever.",
    atLeast(-1),
  ),
  define(
    ERRORS,
    2,
    "MEDIUM",
    "Maximum Delay Between Retries for Errors",
    "errors.retry.delay.max.ms",
    "long",
    "60000",
    "The longest pause, in ms, between two tries; pauses double.",
    atLeast(1),
  ),
  define(
    ERRORS,
    3,
    "SHORT",
    "Error Tolerance",
    "errors.tolerance",
    "string",
    "none",
    "none: a record that cannot be processed fails the task. all: it is left out, and goes to the dead-letter topic where one is named.",
    oneOf("none", "all"),
  ),
  define(ERRORS, 4, "SHORT", "Log Errors", "errors.log.enable", "boolean", "false", "Tolerated errors are told in the log, too."),
  define(ERRORS, 5, "SHORT", "Log Error Details", "errors.log.include.messages", "boolean", "false", "With what is known of the record."),
  define(
    ERRORS,
    6,
    "MEDIUM",
    "Dead Letter Queue Topic Name",
    "errors.deadletterqueue.topic.name",
    "string",
    "",
    "Where records go that cannot be processed. Empty: nowhere. Here sources have one, too.",
  ),
  define(
    ERRORS,
    7,
    "MEDIUM",
    "Dead Letter Queue Topic Replication Factor",
    "errors.deadletterqueue.topic.replication.factor",
    "short",
    "3",
    "Of that topic when it must be made; never more than there are brokers.",
    atLeast(1),
  ),
  define(
    ERRORS,
    8,
    "MEDIUM",
    "Enable Error Context Headers",
    "errors.deadletterqueue.context.headers.enable",
    "boolean",
    "false",
    'Dead letters tell in headers "__connect.errors.…" where they come from and what went wrong.',
  ),
  define(
    RESTARTS,
    1,
    "SHORT",
    "Restarts by itself",
    "ottla.restart.max",
    "int",
    "10",
    "So often within an hour a task or connector that failed is started again by itself; then it stays failed until somebody restarts it. 0: never, as in Apache Connect.",
    { ...low, ...atLeast(0) },
  ),
  define(
    RESTARTS,
    2,
    "SHORT",
    "First pause",
    "ottla.restart.backoff.ms",
    "long",
    "1000",
    "The first pause, in ms, before such a restart; it doubles.",
    { ...low, ...atLeast(0) },
  ),
  define(RESTARTS, 3, "SHORT", "Longest pause", "ottla.restart.backoff.max.ms", "long", "60000", "The longest pause, in ms.", {
    ...low,
    ...atLeast(0),
  }),
];

/** What every source can be told. */
export const sourceDefinitions: readonly ConfigDefinition[] = [
  ...common,
  define(
    TOPICS,
    1,
    "LONG",
    "Topic Creation Groups",
    "topic.creation.groups",
    "list",
    "",
    'Names of rules for topics that have to be made; "topic.creation.NAME.include" says which topics a rule is for.',
    low,
  ),
  define(
    EXACTLY_ONCE,
    2,
    "SHORT",
    "Exactly once support",
    "exactly.once.support",
    "string",
    "requested",
    "required: the connector is refused unless worker and connector can write exactly once.",
    oneOf("requested", "required"),
  ),
  define(
    EXACTLY_ONCE,
    3,
    "SHORT",
    "Transaction Boundary",
    "transaction.boundary",
    "string",
    "poll",
    "Where transactions end: with each batch that the source brings (poll), after a time (interval), or where the connector says (connector).",
    oneOf("poll", "interval", "connector"),
  ),
  define(
    EXACTLY_ONCE,
    4,
    "SHORT",
    "Transaction boundary interval",
    "transaction.boundary.interval.ms",
    "long",
    null,
    "With transaction.boundary=interval. Left out: offset.flush.interval.ms of the worker.",
    { ...low, ...atLeast(0) },
  ),
  define(
    OFFSETS,
    1,
    "LONG",
    "Offsets topic",
    "offsets.storage.topic",
    "string",
    null,
    "Another topic than the worker's for this connector's offsets.",
    low,
  ),
];

/** What every sink can be told. */
export const sinkDefinitions: readonly ConfigDefinition[] = [
  ...common,
  define(COMMON, 15, "LONG", "Topics", "topics", "list", "", "The topics to read, apart by commas. Give these or topics.regex.", high),
  define(
    COMMON,
    16,
    "LONG",
    "Topics regex",
    "topics.regex",
    "string",
    "",
    "A regular expression for the whole names of topics to read.",
    high,
  ),
];
