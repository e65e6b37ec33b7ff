import type { Settings } from "../lint/settings.ts";
import { TOPIC_FACTOR, TOPIC_NAME, TOPIC_PARTITIONS } from "../lint/topic-entries.ts";
import { evidenceOf, type Hit, type SettingsRule } from "./rule.ts";

const MIN_ISR = "min.insync.replicas";

/** A number that the file gives; undefined where it does not, or where the cluster's own is meant. */
function given(settings: Settings, key: string): number | undefined {
  const text = settings.given(key);
  return text !== undefined && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

function nameOf(settings: Settings): string {
  return settings.given(TOPIC_NAME) ?? "";
}

/** Why Kafka refuses a name, or makes two of it that cannot be told apart. */
function nameProblem(name: string): Pick<Hit, "message" | "severity"> | undefined {
  if (name === "" || /[*$%{}]/.test(name)) return undefined;
  if (name === "." || name === "..") return { message: `A topic cannot be called "${name}".`, severity: "error" };
  if (name.length > 249) return { message: `The name has ${name.length} letters; Kafka takes 249.`, severity: "error" };
  const odd = /[^A-Za-z0-9._-]/.exec(name)?.[0];
  if (odd !== undefined) return { message: `"${odd}" cannot stand in a topic's name.`, severity: "error" };
  return name.includes(".") && name.includes("_") && !name.startsWith("_")
    ? { message: `${name} has dots and underscores: in the names of metrics both are one, so two topics can collide.` }
    : undefined;
}

/** Rules over a topic's definition: its copies and its name. */
export const topicRules: readonly SettingsRule[] = [
  {
    id: "TOP-01",
    name: "topic-rf",
    severity: "error",
    confidence: "medium",
    condition: "a topic is defined with fewer than 3 copies",
    why: "One broker's failure away from loss, or from being unreachable; a restart of one broker stops it.",
    fix: "Define it with 3 copies; of a topic that is there, reassign the partitions.",
    source: "Apache Kafka documentation, replication",
    profiles: ["prod", "critical"],
    thresholds: [{ name: "copies", meaning: "fewest copies", default: 3, unit: "count", least: 1, most: 100 }],
    check: (settings, { threshold }) => {
      const factor = given(settings, TOPIC_FACTOR);
      return settings.isOf("topic") && factor !== undefined && factor > 0 && factor < threshold("copies")
        ? {
            key: TOPIC_FACTOR,
            message: `${nameOf(settings)} has ${factor === 1 ? "one copy" : factor === 2 ? "two copies" : `${factor} copies`}.`,
            evidence: evidenceOf(settings, TOPIC_FACTOR),
            settings: [{ key: TOPIC_FACTOR, value: String(threshold("copies")) }],
          }
        : undefined;
    },
    examples: [
      { kind: "topic", settings: { [TOPIC_NAME]: "orders", [TOPIC_FACTOR]: "2" }, hits: 1 },
      { kind: "topic", settings: { [TOPIC_NAME]: "orders", [TOPIC_FACTOR]: "3" }, hits: 0 },
      { kind: "topic", settings: { [TOPIC_NAME]: "orders", [TOPIC_FACTOR]: "1" }, hits: 0, profile: "dev" },
    ],
  },
  {
    id: "TOP-02",
    name: "min-isr",
    severity: "error",
    confidence: "high",
    condition: "min.insync.replicas below 2 for a topic with 3 copies or more",
    why: "acks=all is then satisfied by the leader alone: what one broker acknowledged is lost with it.",
    fix: "Set min.insync.replicas=2.",
    source: "Apache Kafka documentation, topic configs",
    check: (settings) => {
      const [factor, least] = [given(settings, TOPIC_FACTOR), given(settings, MIN_ISR)];
      return settings.isOf("topic") && factor !== undefined && factor >= 3 && least !== undefined && least < 2
        ? {
            key: MIN_ISR,
            message: `acks=all is satisfied by ${least} of ${factor} copies.`,
            evidence: evidenceOf(settings, MIN_ISR, TOPIC_FACTOR),
            settings: [{ key: MIN_ISR, value: "2" }],
          }
        : undefined;
    },
    examples: [
      { kind: "topic", settings: { [TOPIC_FACTOR]: "3", [MIN_ISR]: "1" }, hits: 1 },
      { kind: "topic", settings: { [TOPIC_FACTOR]: "3", [MIN_ISR]: "2" }, hits: 0 },
    ],
  },
  {
    id: "TOP-03",
    name: "min-isr-eq-rf",
    severity: "error",
    confidence: "high",
    condition: "min.insync.replicas as large as the number of copies, which is more than 1",
    why: "While any one broker restarts, every write with acks=all is refused.",
    fix: "Set min.insync.replicas one below the number of copies.",
    source: "Apache Kafka documentation, topic configs",
    check: (settings) => {
      const [factor, least] = [given(settings, TOPIC_FACTOR), given(settings, MIN_ISR)];
      return settings.isOf("topic") && factor !== undefined && factor > 1 && least !== undefined && least >= factor
        ? {
            key: MIN_ISR,
            message: `With ${factor} copies and ${least} that must be in sync no broker may be away.`,
            evidence: evidenceOf(settings, MIN_ISR, TOPIC_FACTOR),
            settings: [{ key: MIN_ISR, value: String(factor - 1) }],
          }
        : undefined;
    },
    examples: [
      { kind: "topic", settings: { [TOPIC_FACTOR]: "3", [MIN_ISR]: "3" }, hits: 1 },
      { kind: "topic", settings: { [TOPIC_FACTOR]: "3", [MIN_ISR]: "2" }, hits: 0 },
      { kind: "topic", settings: { [TOPIC_FACTOR]: "1", [MIN_ISR]: "1" }, hits: 0 },
    ],
  },
  {
    id: "TOP-10",
    name: "name",
    severity: "warning",
    confidence: "high",
    condition: "a name that Kafka refuses, or one with dots and underscores",
    why: "Metrics write dots as underscores: a.b and a_b are one there, and Kafka refuses to make the second.",
    fix: "Use small letters and digits, with dots between domain, thing and event, and dashes inside of words.",
    source: "Apache Kafka documentation, topic names",
    check: (settings) => {
      const problem = settings.isOf("topic") ? nameProblem(nameOf(settings)) : undefined;
      return problem && { key: TOPIC_NAME, ...problem, evidence: evidenceOf(settings, TOPIC_NAME) };
    },
    examples: [
      { kind: "topic", settings: { [TOPIC_NAME]: "shop.order_created" }, hits: 1 },
      { kind: "topic", settings: { [TOPIC_NAME]: "orders/eu" }, hits: 1, severity: "error" },
      { kind: "topic", settings: { [TOPIC_NAME]: "shop.orders.order-created" }, hits: 0 },
    ],
  },
  {
    id: "TOP-18",
    name: "internal-policy",
    severity: "error",
    confidence: "high",
    condition: "a Streams changelog that is not compacted, or a repartition topic that forgets by time",
    why: "State that is restored from it lacks what was deleted; records that were not yet processed are gone.",
    fix: "Let a changelog have cleanup.policy=compact (with windows: compact,delete); leave retention of a repartition topic at -1.",
    source: "Apache Kafka documentation, Streams internal topics",
    check: (settings) => {
      if (!settings.isOf("topic")) return undefined;
      const policy = settings.given("cleanup.policy");
      if (nameOf(settings).endsWith("-changelog") && policy !== undefined && !policy.includes("compact"))
        return {
          key: "cleanup.policy",
          message: `${nameOf(settings)} is a changelog, and old keys are deleted from it.`,
          evidence: evidenceOf(settings, "cleanup.policy"),
          settings: [{ key: "cleanup.policy", value: "compact" }],
        };
      const retention = given(settings, "retention.ms");
      return nameOf(settings).endsWith("-repartition") && retention !== undefined && retention >= 0 && retention < 86_400_000
        ? {
            key: "retention.ms",
            message: `${nameOf(settings)} forgets records after ${retention} ms, processed or not.`,
            evidence: evidenceOf(settings, "retention.ms"),
            settings: [{ key: "retention.ms", value: "-1" }],
          }
        : undefined;
    },
    examples: [
      { kind: "topic", settings: { [TOPIC_NAME]: "app-store-changelog", "cleanup.policy": "delete" }, hits: 1 },
      { kind: "topic", settings: { [TOPIC_NAME]: "app-store-changelog", "cleanup.policy": "compact,delete" }, hits: 0 },
      { kind: "topic", settings: { [TOPIC_NAME]: "app-by-user-repartition", "retention.ms": "3600000" }, hits: 1 },
      { kind: "topic", settings: { [TOPIC_NAME]: "app-by-user-repartition", "retention.ms": "-1" }, hits: 0 },
    ],
  },
  {
    id: "TOP-29",
    name: "schemas-topic",
    severity: "error",
    confidence: "high",
    condition: "the registry's own topic (_schemas) is not compacted, or has more than one partition",
    why: "After the retention the registry forgets every schema, and no record can be read any more; with two partitions ids are not in order.",
    fix: "Give it one partition and cleanup.policy=compact.",
    source: "Confluent Schema Registry documentation, kafkastore.topic",
    check: (settings) => {
      if (!settings.isOf("topic") || nameOf(settings) !== "_schemas") return undefined;
      const hits: Hit[] = [];
      const policy = settings.given("cleanup.policy");
      if (policy !== "compact" && !(settings.has("cleanup.policy") && policy === undefined))
        hits.push({
          key: "cleanup.policy",
          message: `Schemas are deleted with time: cleanup.policy is ${policy ?? "not set, so delete"}.`,
          evidence: evidenceOf(settings, "cleanup.policy"),
          settings: [{ key: "cleanup.policy", value: "compact" }],
        });
      else if ((given(settings, TOPIC_PARTITIONS) ?? 1) > 1)
        hits.push({
          key: TOPIC_PARTITIONS,
          message: "The registry reads its topic in order: it must have one partition.",
          evidence: evidenceOf(settings, TOPIC_PARTITIONS),
        });
      return hits;
    },
    examples: [
      { kind: "topic", settings: { [TOPIC_NAME]: "_schemas", [TOPIC_PARTITIONS]: "1" }, hits: 1 },
      { kind: "topic", settings: { [TOPIC_NAME]: "_schemas", [TOPIC_PARTITIONS]: "3", "cleanup.policy": "compact" }, hits: 1 },
      { kind: "topic", settings: { [TOPIC_NAME]: "_schemas", [TOPIC_PARTITIONS]: "1", "cleanup.policy": "compact" }, hits: 0 },
    ],
  },
];
