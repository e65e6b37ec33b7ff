import type { Entry } from "../lint/document.ts";
import type { Settings } from "../lint/settings.ts";
import type { Hit, RuleFacts, SettingsRule } from "./rule.ts";

/** What STR-16 says of itself, wherever it looks: builds, deployments, and files beside each other. */
export const STREAMS_VERSION: RuleFacts = {
  id: "STR-16",
  name: "version",
  severity: "error",
  confidence: "high",
  condition:
    "a build takes Kafka Streams 4.1.0; or an application whose group was a classic one goes over to group.protocol=streams on brokers of 4.2.0 (told of a change with --base where the brokers are of 4.2, and as a warning where files name brokers of 4.2.0 and such an application)",
  why: "In 4.1.0 stores of windows and ranges, and joins by foreign keys, keep memory outside of the heap that is never given back (KAFKA-19748): the process grows until it is killed. Brokers of 4.2.0 that start again after a classic group became one of streams may not be able to load it (KAFKA-20254); groups that are new are safe.",
  fix: "Take Kafka Streams 4.1.1 or later; bring the brokers to 4.2.1 or later before a group changes its protocol.",
  source: "KAFKA-19748; KAFKA-20254; Apache Kafka documentation, upgrading to 4.2",
};

const STREAMS = "org.apache.kafka:kafka-streams";
const CLIENTS = "org.apache.kafka:kafka-clients";

/** Rules over the versions of Kafka's libraries that a build takes. */
export const dependencyRules: readonly SettingsRule[] = [
  {
    ...STREAMS_VERSION,
    check: (settings) =>
      versionsOf(settings, /^org\.apache\.kafka:kafka-streams(-scala_[\d.]+)?$/).flatMap(({ key, value }): Hit[] =>
        value === "4.1.0"
          ? [
              {
                key,
                message: "Kafka Streams 4.1.0 leaks memory in windows, range scans and joins by foreign keys.",
                evidence: `${key}:${value}`,
              },
            ]
          : [],
      ),
    examples: [
      { kind: "dependencies", settings: { [STREAMS]: "4.1.0" }, hits: 1 },
      { kind: "dependencies", settings: { [STREAMS]: "4.1.1" }, hits: 0 },
      { kind: "dependencies", settings: { [CLIENTS]: "4.1.0" }, hits: 0 },
      { kind: "dependencies", settings: { [STREAMS]: "${kafka.version}" }, hits: 0 },
    ],
  },
  {
    id: "CLU-16",
    name: "old-clients",
    severity: "error",
    confidence: "high",
    condition: "a build takes a client library of before Kafka 2.1",
    why: "Kafka 4.0 has dropped what clients of before 2.1 speak (KIP-896): brokers close the connection at their first request.",
    fix: "Take the newest client; it speaks to brokers from 2.1 on.",
    source: "KIP-896",
    check: (settings) =>
      versionsOf(settings, /^org\.apache\.kafka:(kafka-clients|kafka-streams|connect-runtime|kafka_[\d.]+)$/).flatMap(
        ({ key, value }): Hit[] => {
          const [, major, minor] = /^(\d+)\.(\d+)/.exec(value) ?? [];
          if (major === undefined || Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 1)) return [];
          return [
            {
              key,
              message: `A client of Kafka ${value} is refused by brokers from 4.0 on.`,
              evidence: `${key}:${value}`,
            },
          ];
        },
      ),
    examples: [
      { kind: "dependencies", settings: { [CLIENTS]: "2.0.1" }, hits: 1 },
      { kind: "dependencies", settings: { [CLIENTS]: "0.11.0.3" }, hits: 1 },
      { kind: "dependencies", settings: { [CLIENTS]: "2.1.0" }, hits: 0 },
      { kind: "dependencies", settings: { [CLIENTS]: "4.4.0" }, hits: 0 },
    ],
  },
];

function versionsOf(settings: Settings, artifact: RegExp): readonly Entry[] {
  return settings.isOf("dependencies") ? settings.entries.filter(({ key }) => artifact.test(key)) : [];
}
