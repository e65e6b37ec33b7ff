import type { Settings } from "../lint/settings.ts";
import { evidenceOf, type Hit, type SettingsRule } from "./rule.ts";

const SESSION = "session.timeout.ms";
const HEARTBEAT = "heartbeat.interval.ms";
const ASSIGNORS = "partition.assignment.strategy";

/** A consumer's own file, or one that a consumer is given as well. */
function isConsumer(settings: Settings): boolean {
  return settings.isOf("consumer") || (settings.isOf("client") && (settings.has("group.id") || settings.has("auto.offset.reset")));
}

/** Whether the group is one of the classic protocol, whose members say how it runs. */
function isClassic(settings: Settings): boolean {
  return isConsumer(settings) && settings.given("group.protocol")?.toLowerCase() !== "consumer";
}

function number(settings: Settings, key: string, otherwise: number): number {
  const text = settings.given(key);
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : otherwise;
}

function newProtocolConflicts(settings: Settings): Hit[] {
  if (!isConsumer(settings) || isClassic(settings)) return [];
  return [SESSION, HEARTBEAT, ASSIGNORS]
    .filter((key) => settings.has(key))
    .map((key) => ({
      key,
      message: `${key} is the broker's with group.protocol=consumer: the consumer refuses to start.`,
      evidence: evidenceOf(settings, "group.protocol", key),
      settings: [{ key }],
    }));
}

/** Rules over a consumer's settings. */
export const consumerRules: readonly SettingsRule[] = [
  {
    id: "CNS-01",
    name: "autocommit",
    severity: "warning",
    confidence: "needs context",
    condition: "enable.auto.commit is not false, for what must not lose a record",
    why: "What is handed to another thread is committed before it is done, and lost in a crash.",
    fix: "Set it to false and commit after the effect.",
    source: "Apache Kafka documentation, consumer configs",
    profiles: ["critical"],
    check: (settings) => {
      const key = "enable.auto.commit";
      return isConsumer(settings) && settings.has("group.id") && (settings.given(key) ?? "true").toLowerCase() === "true"
        ? {
            key,
            message: "Offsets are committed by the clock, whatever was done with the records.",
            evidence: `${key}=${settings.given(key) ?? "true (default)"}`,
            settings: [{ key, value: "false" }],
          }
        : undefined;
    },
    examples: [
      { kind: "consumer", settings: { "group.id": "billing" }, hits: 1, profile: "critical" },
      { kind: "consumer", settings: { "group.id": "billing", "enable.auto.commit": "false" }, hits: 0, profile: "critical" },
      { kind: "consumer", settings: { "group.id": "billing" }, hits: 0, profile: "prod" },
    ],
  },
  {
    id: "CNS-02",
    name: "heartbeat-ratio",
    severity: "error",
    confidence: "high",
    condition: "heartbeat.interval.ms above a third of session.timeout.ms",
    why: "Two heartbeats that come late throw a healthy member out.",
    fix: "Leave both at their defaults, 3 and 45 seconds.",
    source: "Apache Kafka documentation, consumer configs",
    check: (settings) => {
      const [heartbeat, session] = [number(settings, HEARTBEAT, 3000), number(settings, SESSION, 45_000)];
      return isClassic(settings) && heartbeat > session / 3
        ? {
            key: settings.has(HEARTBEAT) ? HEARTBEAT : SESSION,
            message: `A heartbeat every ${heartbeat} ms leaves fewer than three in a session of ${session} ms.`,
            evidence: evidenceOf(settings, HEARTBEAT, SESSION),
            settings: [{ key: HEARTBEAT }, { key: SESSION }],
          }
        : undefined;
    },
    examples: [
      { kind: "consumer", settings: { [HEARTBEAT]: "10001", [SESSION]: "30000" }, hits: 1 },
      { kind: "consumer", settings: { [HEARTBEAT]: "10000", [SESSION]: "30000" }, hits: 0 },
    ],
  },
  {
    id: "CNS-03",
    name: "session-range",
    severity: "warning",
    confidence: "high",
    condition: "session.timeout.ms below 10 s, or outside of what brokers take (6 s to 30 min)",
    why: "A pause of the garbage collector or the network becomes a rebalance of the whole group; outside the range the member is refused.",
    fix: "Leave it at its default, 45 seconds.",
    source: "Apache Kafka documentation, group.min.session.timeout.ms",
    thresholds: [{ name: "shortest", meaning: "shortest session", default: 10_000, unit: "ms", least: 6000, most: 1_800_000 }],
    check: (settings, { threshold }) => {
      const session = number(settings, SESSION, 45_000);
      if (!isClassic(settings) || (session >= threshold("shortest") && session <= 1_800_000)) return undefined;
      const isRefused = session < 6000 || session > 1_800_000;
      return {
        key: SESSION,
        severity: isRefused ? "error" : "warning",
        message: isRefused
          ? `Brokers refuse a session of ${session} ms, unless they are told otherwise.`
          : `A pause of ${session} ms throws the member out.`,
        evidence: evidenceOf(settings, SESSION),
        settings: [{ key: SESSION }],
      };
    },
    examples: [
      { kind: "consumer", settings: { [SESSION]: "9999" }, hits: 1 },
      { kind: "consumer", settings: { [SESSION]: "1800001" }, hits: 1, severity: "error" },
      { kind: "consumer", settings: { [SESSION]: "10000" }, hits: 0 },
    ],
  },
  {
    id: "CNS-04",
    name: "session-dated",
    severity: "info",
    confidence: "high",
    condition: "session.timeout.ms from 10 s to below 45 s",
    why: "The default is 45 seconds since Kafka 3.0, since shorter ones cost rebalances and find no failure sooner that matters.",
    fix: "Take it out.",
    source: "KIP-735",
    check: (settings) => {
      const session = number(settings, SESSION, 45_000);
      return isClassic(settings) && session >= 10_000 && session < 45_000
        ? {
            key: SESSION,
            message: `${session} ms is below the default of 45 s.`,
            evidence: evidenceOf(settings, SESSION),
            settings: [{ key: SESSION }],
          }
        : undefined;
    },
    examples: [
      { kind: "consumer", settings: { [SESSION]: "30000" }, hits: 1 },
      { kind: "consumer", settings: { [SESSION]: "45000" }, hits: 0 },
    ],
  },
  {
    id: "CNS-05",
    name: "new-protocol-conflict",
    severity: "error",
    confidence: "high",
    condition: "group.protocol=consumer with session.timeout.ms, heartbeat.interval.ms or partition.assignment.strategy",
    why: "They are settings of the broker and the group by now; the consumer refuses to start.",
    fix: "Take them out; set consumer.session.timeout.ms of the group if you must.",
    source: "KIP-848",
    check: newProtocolConflicts,
    examples: [
      { kind: "consumer", settings: { "group.protocol": "consumer", [SESSION]: "30000" }, hits: 1 },
      { kind: "consumer", settings: { "group.protocol": "consumer", "group.remote.assignor": "uniform" }, hits: 0 },
    ],
  },
  {
    id: "CNS-06",
    name: "eager",
    severity: "warning",
    confidence: "high",
    condition: "only eager assignors: range, round robin, sticky",
    why: "Every change of the group stops all its members at once.",
    fix: "Use group.protocol=consumer on brokers of 4.0 or newer; else add CooperativeStickyAssignor beside what is there, and take the old one out in a second rolling restart.",
    source: "KIP-429, KIP-848",
    check: (settings) => {
      const names = settings.list(ASSIGNORS);
      const isEager =
        isClassic(settings) &&
        settings.given(ASSIGNORS) !== undefined &&
        names.length > 0 &&
        names.every((name) => /(RangeAssignor|RoundRobinAssignor|\.StickyAssignor)$/.test(name));
      return isEager
        ? { key: ASSIGNORS, message: "All members stop whenever one comes or goes.", evidence: evidenceOf(settings, ASSIGNORS) }
        : undefined;
    },
    examples: [
      { kind: "consumer", settings: { [ASSIGNORS]: "org.apache.kafka.clients.consumer.RangeAssignor" }, hits: 1 },
      {
        kind: "consumer",
        settings: {
          [ASSIGNORS]: "org.apache.kafka.clients.consumer.RangeAssignor,org.apache.kafka.clients.consumer.CooperativeStickyAssignor",
        },
        hits: 0,
      },
    ],
  },
  {
    id: "CNS-09",
    name: "poll-interval-huge",
    severity: "warning",
    confidence: "high",
    condition: "max.poll.interval.ms above 30 minutes",
    why: "A consumer that hangs keeps its partitions for as long.",
    fix: "Make the work of one poll smaller: lower max.poll.records.",
    source: "Apache Kafka documentation, consumer configs",
    thresholds: [
      { name: "longest", meaning: "longest time between two polls", default: 1_800_000, unit: "ms", least: 1000, most: 86_400_000 },
    ],
    check: (settings, { threshold }) => {
      const key = "max.poll.interval.ms";
      return isConsumer(settings) && number(settings, key, 300_000) > threshold("longest")
        ? {
            key,
            message: `A consumer that hangs is noticed after ${number(settings, key, 300_000)} ms.`,
            evidence: evidenceOf(settings, key),
            settings: [{ key }],
          }
        : undefined;
    },
    examples: [
      { kind: "consumer", settings: { "max.poll.interval.ms": "1800001" }, hits: 1 },
      { kind: "consumer", settings: { "max.poll.interval.ms": "1800000" }, hits: 0 },
    ],
  },
  {
    id: "CNS-11",
    name: "reset-latest",
    severity: "warning",
    confidence: "needs context",
    condition: "auto.offset.reset is latest, for what must not lose a record",
    why: "When offsets expire or partitions are added, records that came meanwhile are passed over.",
    fix: "Set earliest, or by_duration on Kafka 4.",
    source: "Apache Kafka documentation, consumer configs",
    profiles: ["critical"],
    check: (settings) => {
      const key = "auto.offset.reset";
      return isConsumer(settings) && (settings.given(key) ?? "latest").toLowerCase() === "latest" && !settings.isOf("streams")
        ? {
            key,
            message: "A group without an offset passes over what is there already.",
            evidence: `${key}=${settings.given(key) ?? "latest (default)"}`,
            settings: [{ key, value: "earliest" }],
          }
        : undefined;
    },
    examples: [
      { kind: "consumer", settings: { "group.id": "billing" }, hits: 1, profile: "critical" },
      { kind: "consumer", settings: { "auto.offset.reset": "earliest" }, hits: 0, profile: "critical" },
    ],
  },
  {
    id: "CNS-12",
    name: "fetch-sizes",
    severity: "warning",
    confidence: "medium",
    condition: "max.partition.fetch.bytes above fetch.max.bytes",
    why: "One partition may fill a whole answer: the others starve, and memory is as much as the larger says.",
    fix: "Keep max.partition.fetch.bytes well below fetch.max.bytes.",
    source: "Apache Kafka documentation, consumer configs",
    check: (settings) => {
      const key = "max.partition.fetch.bytes";
      const [partition, all] = [number(settings, key, 1_048_576), number(settings, "fetch.max.bytes", 52_428_800)];
      return isConsumer(settings) && partition > all
        ? {
            key,
            message: `One partition may take ${partition} bytes, an answer only ${all}.`,
            evidence: evidenceOf(settings, key, "fetch.max.bytes"),
          }
        : undefined;
    },
    examples: [
      { kind: "consumer", settings: { "max.partition.fetch.bytes": "52428801" }, hits: 1 },
      { kind: "consumer", settings: { "max.partition.fetch.bytes": "52428800" }, hits: 0 },
    ],
  },
  {
    id: "CNS-13",
    name: "static-membership",
    severity: "info",
    confidence: "needs context",
    condition: "a container of a StatefulSet is told its group, has no group.instance.id, and uses the classic protocol",
    why: "Its pods keep their names over a restart: with one of them as group.instance.id a roll costs no rebalance.",
    fix: "Set group.instance.id from the pod's name, and a session longer than a restart takes; or group.protocol=consumer.",
    source: "KIP-345",
    check: (settings) =>
      settings.document.part?.startsWith("StatefulSet ") &&
      isClassic(settings) &&
      settings.given("group.id") !== undefined &&
      !settings.has("group.instance.id")
        ? {
            key: "group.id",
            message: "Every restart of a pod makes the group share out its partitions anew, twice.",
            evidence: `${evidenceOf(settings, "group.id")}; ${settings.document.part}`,
          }
        : undefined,
    examples: [
      { kind: "consumer", settings: { "group.id": "g" }, hits: 1, part: "StatefulSet app, container app" },
      { kind: "consumer", settings: { "group.id": "g", "group.instance.id": "${POD}" }, hits: 0, part: "StatefulSet app, container app" },
      { kind: "consumer", settings: { "group.id": "g" }, hits: 0, part: "Deployment app, container app" },
    ],
  },
  {
    id: "CNS-16",
    name: "allow-auto-create",
    severity: "warning",
    confidence: "high",
    condition: "allow.auto.create.topics=true is set",
    why: "A reader that mistypes a name makes a topic, and waits for ever for records in it.",
    fix: "Set it to false.",
    source: "Apache Kafka documentation, consumer configs",
    check: (settings) => {
      const key = "allow.auto.create.topics";
      return isConsumer(settings) && settings.given(key)?.toLowerCase() === "true"
        ? {
            key,
            message: "Reading a topic that is not there makes it.",
            evidence: evidenceOf(settings, key),
            settings: [{ key, value: "false" }],
          }
        : undefined;
    },
    examples: [
      { kind: "consumer", settings: { "allow.auto.create.topics": "true" }, hits: 1 },
      { kind: "consumer", settings: { "allow.auto.create.topics": "false" }, hits: 0 },
    ],
  },
];
