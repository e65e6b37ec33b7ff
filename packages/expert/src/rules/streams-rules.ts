import type { Settings } from "../lint/settings.ts";
import { evidenceOf, type Hit, type SettingsRule } from "./rule.ts";

const GUARANTEE = "processing.guarantee";

/** Handlers, by the name they have since Kafka 4 and the one before. */
const HANDLERS: readonly (readonly string[])[] = [
  ["deserialization.exception.handler", "default.deserialization.exception.handler"],
  ["production.exception.handler", "default.production.exception.handler"],
];

function handlers(settings: Settings): Hit[] {
  if (!settings.isOf("streams")) return [];
  return HANDLERS.flatMap((names): Hit[] => {
    const key = names.find((name) => settings.has(name));
    const value = key === undefined ? undefined : settings.given(key);
    if (key === undefined)
      return [
        {
          key: names[0]!,
          message: `Without ${names[0]} the first record that cannot be handled ends the application.`,
          evidence: `${names[0]} is not set`,
          severity: "warning",
        },
      ];
    // With a dead-letter topic (KIP-1034) Kafka's own handlers put there what they go on without.
    return value !== undefined && /AndContinue/i.test(value) && !settings.given("errors.dead.letter.queue.topic.name")
      ? [
          {
            key,
            message: `${value.split(".").at(-1)} drops what it cannot handle, with no more than a line in a log.`,
            evidence: evidenceOf(settings, key),
            severity: "error",
          },
        ]
      : [];
  });
}

/** Rules over the settings of a Streams application. */
export const streamsRules: readonly SettingsRule[] = [
  {
    id: "STR-01",
    name: "eos-v1",
    severity: "error",
    confidence: "high",
    condition: "processing.guarantee is exactly_once or exactly_once_beta on Kafka 4",
    why: "Both are gone since 4.0: the application does not start.",
    fix: "Set exactly_once_v2.",
    source: "Apache Kafka 4.0 upgrade notes",
    from: "4.0",
    check: (settings) => {
      const value = settings.isOf("streams") ? settings.given(GUARANTEE) : undefined;
      return value === "exactly_once" || value === "exactly_once_beta"
        ? {
            key: GUARANTEE,
            message: `${value} is gone since Kafka 4.0.`,
            evidence: evidenceOf(settings, GUARANTEE),
            settings: [{ key: GUARANTEE, value: "exactly_once_v2" }],
          }
        : undefined;
    },
    examples: [
      { kind: "streams", settings: { [GUARANTEE]: "exactly_once" }, hits: 1 },
      { kind: "streams", settings: { [GUARANTEE]: "exactly_once_v2" }, hits: 0 },
    ],
  },
  {
    id: "STR-05",
    name: "handlers",
    severity: "warning",
    confidence: "medium",
    condition: "no handler for what cannot be deserialised or produced, or one that drops it",
    why: "One bad record stops the application, or records vanish.",
    fix: "Name a handler that puts bad records into a dead-letter topic.",
    source: "KIP-1034",
    profiles: ["prod", "critical"],
    check: (settings) => handlers(settings).slice(0, 1),
    examples: [
      { kind: "streams", settings: { "application.id": "orders" }, hits: 1 },
      {
        kind: "streams",
        settings: {
          "deserialization.exception.handler": "com.example.ToDeadLetters",
          "production.exception.handler": "com.example.ToDeadLetters",
        },
        hits: 0,
      },
      {
        kind: "streams",
        settings: {
          "deserialization.exception.handler": "org.apache.kafka.streams.errors.LogAndContinueExceptionHandler",
          "production.exception.handler": "org.apache.kafka.streams.errors.DefaultProductionExceptionHandler",
          "errors.dead.letter.queue.topic.name": "orders.dlq",
        },
        hits: 0,
      },
    ],
  },
  {
    id: "STR-06",
    name: "rf",
    severity: "error",
    confidence: "medium",
    condition: "replication.factor is 1 or 2",
    why: "Changelogs and repartition topics lose state with a broker.",
    fix: "Set 3, or -1 for the broker's default where that is 3.",
    source: "Apache Kafka Streams documentation",
    profiles: ["prod", "critical"],
    check: (settings) => {
      const key = "replication.factor";
      const factor = settings.isOf("streams") && settings.has(key) ? settings.number(key) : undefined;
      return factor !== undefined && factor > 0 && factor < 3
        ? {
            key,
            message: `Internal topics get ${factor} ${factor === 1 ? "copy" : "copies"}.`,
            evidence: evidenceOf(settings, key),
            settings: [{ key, value: "3" }],
          }
        : undefined;
    },
    examples: [
      { kind: "streams", settings: { "replication.factor": "1" }, hits: 1 },
      { kind: "streams", settings: { "replication.factor": "-1" }, hits: 0 },
    ],
  },
  {
    id: "STR-07",
    name: "state-dir",
    severity: "error",
    confidence: "medium",
    condition: "state.dir is not set, or in the temporary directory",
    why: "After a restart the whole state is restored from Kafka, which may take hours.",
    fix: "Name a directory on a volume that outlives the process.",
    source: "Apache Kafka Streams documentation",
    profiles: ["prod", "critical"],
    check: (settings) => {
      const key = "state.dir";
      if (!settings.isOf("streams") || (settings.has(key) && settings.given(key) === undefined)) return undefined;
      const path = settings.given(key);
      return path === undefined || /^(\/var)?\/tmp(\/|$)|java\.io\.tmpdir/.test(path)
        ? {
            key,
            message: "State is kept in the temporary directory.",
            evidence: path === undefined ? "state.dir is not set; its default is below java.io.tmpdir" : evidenceOf(settings, key),
          }
        : undefined;
    },
    examples: [
      { kind: "streams", settings: { "application.id": "orders" }, hits: 1 },
      { kind: "streams", settings: { "state.dir": "/var/lib/orders" }, hits: 0 },
    ],
  },
  {
    id: "STR-08",
    name: "standby",
    severity: "warning",
    confidence: "needs context",
    condition: "num.standby.replicas is 0",
    why: "When an instance dies, another has to restore its state before it goes on: size divided by rate.",
    fix: "Set 1, where state is larger than a gigabyte.",
    source: "Apache Kafka Streams documentation",
    profiles: ["critical"],
    check: (settings) => {
      const key = "num.standby.replicas";
      return settings.isOf("streams") && settings.number(key) === 0
        ? {
            key,
            message: "No instance has a copy of another's state.",
            evidence: evidenceOf(settings, key),
            settings: [{ key, value: "1" }],
          }
        : undefined;
    },
    examples: [
      { kind: "streams", settings: { "application.id": "orders" }, hits: 1, profile: "critical" },
      { kind: "streams", settings: { "num.standby.replicas": "1" }, hits: 0, profile: "critical" },
    ],
  },
  {
    id: "STR-21",
    name: "guarantee-of-critical",
    severity: "warning",
    confidence: "needs context",
    profiles: ["critical"],
    condition:
      "a Streams application that is tagged critical does not say its processing.guarantee, so that it is at_least_once; where that is written it is a choice",
    why: "After a failure records since the last commit are processed again: sums count them twice, and outputs come twice.",
    fix: "Set processing.guarantee=exactly_once_v2, and read its outputs with isolation.level=read_committed; or see that whoever takes them can take one twice.",
    source: "Apache Kafka documentation, Streams configs: processing.guarantee",
    check: (settings) =>
      settings.isOf("streams") && !settings.has(GUARANTEE)
        ? {
            key: GUARANTEE,
            message: "What must not be lost or doubled is processed at least once: after a failure some of it twice.",
            evidence: evidenceOf(settings, GUARANTEE),
            settings: [{ key: GUARANTEE, value: "exactly_once_v2" }],
          }
        : undefined,
    examples: [
      { kind: "streams", settings: { "application.id": "billing" }, hits: 1, profile: "critical" },
      { kind: "streams", settings: { "application.id": "billing", [GUARANTEE]: "exactly_once_v2" }, hits: 0, profile: "critical" },
      { kind: "streams", settings: { "application.id": "billing", [GUARANTEE]: "at_least_once" }, hits: 0, profile: "critical" },
      { kind: "streams", settings: { "application.id": "billing" }, hits: 0 },
    ],
  },
];
