import type { Settings } from "../lint/settings.ts";
import { evidenceOf, type SettingsRule } from "./rule.ts";

const ACKS = "acks";
const IDEMPOTENCE = "enable.idempotence";
const IN_FLIGHT = "max.in.flight.requests.per.connection";

/** A producer's own file, or one that a producer is given as well. */
function isProducer(settings: Settings): boolean {
  return (
    settings.isOf("producer") || (settings.isOf("client") && (settings.has(ACKS) || settings.has(IDEMPOTENCE) || settings.has("linger.ms")))
  );
}

function given(settings: Settings, key: string): string | undefined {
  return isProducer(settings) ? settings.given(key)?.toLowerCase() : undefined;
}

/** What the producer takes without a word on it. */
function number(settings: Settings, key: string, otherwise: number): number {
  const text = settings.given(key);
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : otherwise;
}

/** Rules over a producer's settings. */
export const producerRules: readonly SettingsRule[] = [
  {
    id: "PRD-01",
    name: "acks0",
    severity: "error",
    confidence: "high",
    condition: "acks is 0",
    why: "The producer never learns whether a record arrived: losses are silent.",
    fix: "Set acks=all.",
    source: "Apache Kafka documentation, producer configs",
    check: (settings) =>
      given(settings, ACKS) === "0"
        ? {
            key: ACKS,
            message: "Records that do not arrive are lost without a word.",
            evidence: evidenceOf(settings, ACKS),
            settings: [{ key: ACKS, value: "all" }],
          }
        : undefined,
    examples: [
      { kind: "producer", settings: { acks: "0" }, hits: 1 },
      { kind: "producer", settings: { acks: "all" }, hits: 0 },
    ],
  },
  {
    id: "PRD-02",
    name: "acks1",
    severity: "warning",
    confidence: "medium",
    condition: "acks is 1",
    why: "When the leader dies before the others have copied, an acknowledged record is gone.",
    fix: "Set acks=all; the time that costs is a round trip between brokers.",
    source: "Apache Kafka documentation, producer configs",
    check: (settings) =>
      given(settings, ACKS) === "1"
        ? {
            key: ACKS,
            message: "A record that one broker has is acknowledged, and lost with it.",
            evidence: evidenceOf(settings, ACKS),
            settings: [{ key: ACKS, value: "all" }],
          }
        : undefined,
    examples: [
      { kind: "producer", settings: { acks: "1" }, hits: 1 },
      { kind: "producer", settings: { acks: "-1" }, hits: 0 },
    ],
  },
  {
    id: "PRD-03",
    name: "acks1-no-idempotence",
    severity: "warning",
    confidence: "high",
    condition: "acks is not all, and nothing is said of idempotence",
    why: "Idempotence, on by default, is then silently off: retries may double and reorder records.",
    fix: "Set acks=all.",
    source: "Apache Kafka 4.0, ProducerConfig",
    check: (settings) => {
      const acks = given(settings, ACKS);
      return (acks === "0" || acks === "1") && !settings.has(IDEMPOTENCE)
        ? {
            key: ACKS,
            message: `acks=${acks} turns idempotence off without a word.`,
            evidence: evidenceOf(settings, ACKS, IDEMPOTENCE),
            settings: [{ key: ACKS, value: "all" }],
          }
        : undefined;
    },
    examples: [
      { kind: "producer", settings: { acks: "1" }, hits: 1 },
      { kind: "producer", settings: { acks: "1", "enable.idempotence": "false" }, hits: 0 },
    ],
  },
  {
    id: "PRD-04",
    name: "idempotence-conflict",
    severity: "error",
    confidence: "high",
    condition: "enable.idempotence=true with acks other than all, retries=0, or more than 5 requests in flight",
    why: "The producer refuses to start.",
    fix: "Take out what contradicts it.",
    source: "Apache Kafka 4.0, ProducerConfig",
    check: (settings) => {
      if (given(settings, IDEMPOTENCE) !== "true") return undefined;
      const acks = given(settings, ACKS);
      const key =
        acks !== undefined && acks !== "all" && acks !== "-1"
          ? ACKS
          : given(settings, "retries") === "0"
            ? "retries"
            : number(settings, IN_FLIGHT, 5) > 5
              ? IN_FLIGHT
              : undefined;
      return key === undefined
        ? undefined
        : {
            key,
            message: `An idempotent producer cannot have ${key}=${settings.given(key)}.`,
            evidence: evidenceOf(settings, IDEMPOTENCE, key),
            settings: [{ key }],
          };
    },
    examples: [
      { kind: "producer", settings: { "enable.idempotence": "true", acks: "1" }, hits: 1 },
      { kind: "producer", settings: { "enable.idempotence": "true", [IN_FLIGHT]: "6" }, hits: 1 },
      { kind: "producer", settings: { "enable.idempotence": "true", [IN_FLIGHT]: "5", acks: "all" }, hits: 0 },
    ],
  },
  {
    id: "PRD-05",
    name: "idempotence-off",
    severity: "warning",
    confidence: "high",
    condition: "enable.idempotence is false",
    why: "Retries may double records, and bring them out of order.",
    fix: "Leave it at its default, true.",
    source: "Apache Kafka documentation, producer configs",
    check: (settings) =>
      given(settings, IDEMPOTENCE) === "false"
        ? {
            key: IDEMPOTENCE,
            message: "A retry may write a record twice.",
            evidence: evidenceOf(settings, IDEMPOTENCE),
            settings: [{ key: IDEMPOTENCE }],
          }
        : undefined,
    examples: [
      { kind: "producer", settings: { "enable.idempotence": "false" }, hits: 1 },
      { kind: "producer", settings: { "enable.idempotence": "true" }, hits: 0 },
    ],
  },
  {
    id: "PRD-06",
    name: "inflight",
    severity: "error",
    confidence: "needs context",
    condition: "several requests in flight while idempotence is off",
    why: "A request that is tried again comes behind those that were sent after it: the order of a key is lost.",
    fix: "Turn idempotence on, or allow one request in flight.",
    source: "Apache Kafka documentation, producer configs",
    profiles: ["critical"],
    check: (settings) => {
      const isOff = given(settings, IDEMPOTENCE) === "false";
      return isOff && number(settings, IN_FLIGHT, 5) > 1
        ? {
            key: IN_FLIGHT,
            message: "Records of one key may be stored out of order after a retry.",
            evidence: evidenceOf(settings, IDEMPOTENCE, IN_FLIGHT),
            settings: [{ key: IDEMPOTENCE }],
          }
        : undefined;
    },
    examples: [
      { kind: "producer", settings: { "enable.idempotence": "false" }, hits: 1, profile: "critical" },
      { kind: "producer", settings: { "enable.idempotence": "false", [IN_FLIGHT]: "1" }, hits: 0, profile: "critical" },
    ],
  },
  {
    id: "PRD-07",
    name: "retries",
    severity: "warning",
    confidence: "high",
    condition: "retries is a small number",
    why: "delivery.timeout.ms is the bound on trying; a few retries are used up in a leader's election.",
    fix: "Take retries out.",
    source: "Apache Kafka documentation, producer configs",
    thresholds: [{ name: "fewest", meaning: "fewest retries", default: 100, unit: "count", least: 1, most: 2_147_483_647 }],
    check: (settings, { threshold }) => {
      const retries = given(settings, "retries");
      return retries !== undefined && /^\d+$/.test(retries) && Number(retries) < threshold("fewest")
        ? {
            key: "retries",
            message: `After ${retries} retries a record fails, however much of delivery.timeout.ms is left.`,
            evidence: evidenceOf(settings, "retries"),
            settings: [{ key: "retries" }],
          }
        : undefined;
    },
    examples: [
      { kind: "producer", settings: { retries: "3" }, hits: 1 },
      { kind: "producer", settings: { retries: "2147483647" }, hits: 0 },
    ],
  },
  {
    id: "PRD-08",
    name: "delivery-timeout",
    severity: "error",
    confidence: "high",
    condition: "delivery.timeout.ms below linger.ms + request.timeout.ms",
    why: "The producer refuses to start.",
    fix: "Raise delivery.timeout.ms; its default is 120000.",
    source: "Apache Kafka, KafkaProducer",
    check: (settings) => {
      const key = "delivery.timeout.ms";
      const least = number(settings, "linger.ms", settings.version === "3.9" ? 0 : 5) + number(settings, "request.timeout.ms", 30_000);
      const timeout = given(settings, key);
      return timeout !== undefined && /^\d+$/.test(timeout) && Number(timeout) < least
        ? {
            key,
            message: `${key} is ${timeout}; it must be at least ${least}, linger.ms and request.timeout.ms together.`,
            evidence: evidenceOf(settings, key, "linger.ms", "request.timeout.ms"),
            settings: [{ key, value: String(least) }],
          }
        : undefined;
    },
    examples: [
      { kind: "producer", settings: { "delivery.timeout.ms": "30000", "linger.ms": "5" }, hits: 1 },
      { kind: "producer", settings: { "delivery.timeout.ms": "30005", "linger.ms": "5" }, hits: 0 },
    ],
  },
  {
    id: "PRD-09",
    name: "linger-zero",
    severity: "info",
    confidence: "needs context",
    condition: "linger.ms=0 is set on Kafka 4",
    why: "Above some hundred records a second larger batches usually lower the latency, too: the default became 5.",
    fix: "Leave the default, or measure both.",
    source: "KIP-1030",
    check: (settings) =>
      given(settings, "linger.ms") === "0" && settings.version !== "3.9"
        ? {
            key: "linger.ms",
            message: "Every record that finds the connection free goes alone.",
            evidence: evidenceOf(settings, "linger.ms"),
            settings: [{ key: "linger.ms" }],
          }
        : undefined,
    examples: [
      { kind: "producer", settings: { "linger.ms": "0" }, hits: 1 },
      { kind: "producer", settings: { "linger.ms": "0" }, hits: 0, version: "3.9" },
      { kind: "producer", settings: { "linger.ms": "1" }, hits: 0 },
    ],
  },
  {
    id: "PRD-15",
    name: "partitioner-removed",
    severity: "error",
    confidence: "high",
    condition: "partitioner.class is DefaultPartitioner or UniformStickyPartitioner on Kafka 4, or RoundRobinPartitioner",
    why: "The first two are gone since 4.0; the third has a fault that leaves partitions out when a batch is begun anew.",
    fix: "Take partitioner.class out: the built-in partitioning is adaptive.",
    source: "Apache Kafka 4.0 upgrade notes, KAFKA-9965",
    check: (settings) => {
      const key = "partitioner.class";
      const name = isProducer(settings)
        ? /(DefaultPartitioner|UniformStickyPartitioner|RoundRobinPartitioner)$/.exec(settings.given(key) ?? "")?.[1]
        : undefined;
      if (name === undefined || (name !== "RoundRobinPartitioner" && settings.version === "3.9")) return undefined;
      const isGone = name !== "RoundRobinPartitioner";
      return {
        key,
        severity: isGone ? "error" : "warning",
        message: isGone ? `${name} is gone since Kafka 4.0: the producer does not start.` : `${name} spreads records unevenly.`,
        evidence: evidenceOf(settings, key),
        settings: [{ key }],
      };
    },
    examples: [
      { kind: "producer", settings: { "partitioner.class": "org.apache.kafka.clients.producer.internals.DefaultPartitioner" }, hits: 1 },
      {
        kind: "producer",
        settings: { "partitioner.class": "org.apache.kafka.clients.producer.RoundRobinPartitioner" },
        hits: 1,
        severity: "warning",
      },
      { kind: "producer", settings: { "partitioner.class": "com.example.ByRegion" }, hits: 0 },
    ],
  },
];
