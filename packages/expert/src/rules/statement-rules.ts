import { OTHER_CLIENT, STATEMENT } from "../lint/read/read-statements.ts";
import type { Settings } from "../lint/settings.ts";
import type { Hit, SettingsRule } from "./rule.ts";

const said = (statement: string, hits: 0 | 1): SettingsRule["examples"][number] => ({
  kind: "statement",
  settings: { [STATEMENT]: statement },
  hits,
});

/** Statements of guides that were true once, or say half of it. People and agents follow them. */
export const statementRules: readonly SettingsRule[] = [
  {
    id: "DOC-01",
    name: "all-pause",
    severity: "info",
    confidence: "needs context",
    condition: "a document says that all consumers of a group pause during a rebalance",
    why: "It is so with eager assignors alone. With CooperativeStickyAssignor, and with group.protocol=consumer, those keep reading whose partitions stay.",
    fix: "Say for which assignor it holds, and set group.protocol=consumer (brokers from 4.0), or CooperativeStickyAssignor in two deployments.",
    source: "KIP-429; KIP-848",
    check: (settings) =>
      where(
        settings,
        (text) =>
          /\b(all|every|each)\b[^.;]{0,60}\b(consumers?|members?)\b[^.;]{0,60}\b(pauses?|stops?|halts?|blocks?|freezes?)\b[^.;]{0,60}\brebalanc/i.test(
            text,
          ) && !/\beager|cooperative|incremental/i.test(text),
        "With cooperative assignors and the consumer protocol of Kafka 4 those keep reading whose partitions stay.",
      ),
    examples: [
      said("Impact: ALL consumers in group pause during rebalance", 1),
      said("With eager assignors all consumers in a group pause during a rebalance", 0),
      said("All consumers commit before a rebalance", 0),
    ],
  },
  {
    id: "DOC-02",
    name: "null-key-round-robin",
    severity: "info",
    confidence: "needs context",
    condition: "a document says that records without a key are spread round robin, and names no other client than Apache Kafka's",
    why: "Since Kafka 2.4 a producer stays with one partition until a batch is full, and since 3.3 it chooses the next by load: order and spread are others than round robin would give.",
    fix: "Say: sticky, a batch to a partition.",
    source: "KIP-480; KIP-794",
    check: (settings) =>
      where(
        settings,
        (text) =>
          !settings.has(OTHER_CLIENT) &&
          /\b(no|null|without( a)?|missing|empty)\b[^.;]{0,20}\bkeys?\b[^.;]{0,80}\bround[ -]?robin/i.test(text) &&
          !/sticky|before 2\.4/i.test(text),
        "Records without a key go to one partition batch by batch, not to each in turn.",
      ),
    examples: [
      said("No key (null) Max throughput, no ordering Round-robin", 1),
      said("Null key: round robin before 2.4, sticky since", 0),
      said("The round robin assignor needs no keys", 0),
      { kind: "statement", settings: { [STATEMENT]: "No key: round robin", [OTHER_CLIENT]: "kafkajs" }, hits: 0 },
    ],
  },
  {
    id: "DOC-03",
    name: "never-fewer-partitions",
    severity: "info",
    confidence: "needs context",
    condition: "a document says that partitions cannot be decreased, and not what to do then",
    why: "It is true of a topic, and there is a way: a new topic, a copy, and a move of readers and writers. Who does not know it lives with hundreds of empty partitions.",
    fix: "Add the way: make a topic with fewer partitions, copy (MirrorMaker, or a Streams application), move writers, let readers drain the old one, delete it.",
    source: "Apache Kafka documentation, modifying topics",
    check: (settings) =>
      where(
        settings,
        (text) =>
          /\b(can(not|'t| not)|never)\b[^.;]{0,30}\b(decreas|reduc|shrink|lower)\w*\b/i.test(text) &&
          /\bpartitions?\b/i.test(text) &&
          !/\b(new topic|recreat\w*|migrat\w*|copy)\b/i.test(text),
        "Partitions of a topic cannot be fewer; a new topic can have fewer, and be moved to.",
      ),
    examples: [
      said("You CANNOT decrease partitions (ever)", 1),
      said("Increase partition count (cannot decrease without recreating topic)", 0),
      said("You cannot decrease the retention of a partition's leader without a copy", 0),
    ],
  },
  {
    id: "DOC-04",
    name: "partitions-per-broker",
    severity: "info",
    confidence: "needs context",
    condition: "a document bounds the partitions of a broker by 1,000 to 4,000",
    why: "The number is of ZooKeeper's time, when the controller held every one of them. Under KRaft memory, handles, maps and the fan-out of replication bound them, and they can be computed.",
    fix: "Compute it for your machines: ottla size replicas, ottla size measured; TOP-08 judges at 4,000 and 10,000 replicas.",
    source: "Apache Kafka documentation, KRaft; operations",
    check: (settings) =>
      where(
        settings,
        (text) => {
          const [, number = ""] =
            /\bpartitions?\b[^.;\d]{0,30}\bbrokers?\b[^.;\d]{0,20}(\d[\d,]*)\b/i.exec(text) ??
            /\b(\d[\d,]*)\b[^.;\d]{0,20}\bpartitions?\b[^.;\d]{0,15}\b(?:per|on each|each)\b[^.;\d]{0,10}\bbrokers?\b/i.exec(text) ??
            [];
          const bound = Number(number.replaceAll(",", ""));
          return bound >= 1000 && bound <= 4000 && !/zookeeper/i.test(text);
        },
        "Under KRaft that is no limit: memory, handles and maps of the machine are.",
      ),
    examples: [
      said("Limit partitions per broker (~4000). Use fewer topics or larger clusters.", 1),
      said("Keep to 2,000 partitions per broker", 1),
      said("In ZooKeeper's time 4000 partitions per broker were the limit", 0),
      said("12 partitions per topic, 3 brokers", 0),
    ],
  },
  {
    id: "DOC-05",
    name: "promised-gain",
    severity: "info",
    confidence: "needs context",
    condition: "a document promises a gain in numbers (p99 500 ms → 50 ms, 3x) and does not say how it was measured",
    why: "What changed for somebody else's records on his machines says nothing of yours; people expect it, and tune until they see it.",
    fix: "Measure before and after, by turns and with the spread: ottla tune PRESET --measure, ottla perf sweep; and write down the command and the machine.",
    source: "Ottla",
    check: (settings) =>
      where(
        settings,
        (text) =>
          /\b(latency|throughput|p9\d+|rebalances?|lag)\b/i.test(text) &&
          /\d[\d.,]*\s*(ms|µs|us|s|[kmg]i?b\/s|\/hour|\/s|%)?\s*(→|->|=>|\bto\b)\s*<?\s*\d/i.test(text) &&
          !/measur|bench|example|e\.g\./i.test(text),
        "The gain is said without how it was measured.",
      ),
    examples: [
      said("Producer p99 latency: 500ms → 50ms (10x improvement)", 1),
      said("Throughput: 50 MB/s → 150 MB/s (3x improvement)", 1),
      said("Measured: p99 latency 500 ms → 50 ms, ottla perf sweep on 2 cores", 0),
      said("Set linger.ms from 5 to 20", 0),
    ],
  },
  {
    id: "DOC-06",
    name: "ksqldb-first",
    severity: "info",
    confidence: "needs context",
    condition: "a document sends the reader to ksqlDB for queries over streams, and names neither its licence nor another way",
    why: "ksqlDB is no part of Apache Kafka and comes under the Confluent Community License, which is no open-source licence and forbids offering it as a service: that is a decision to be taken, not a default.",
    fix: "Name the licence, and what serves as well: Kafka Streams in the application, Flink SQL for queries as a service.",
    source: "Confluent Community License; Apache Kafka documentation, Streams",
    check: (settings) =>
      where(
        settings,
        (text) =>
          /(→|->|=>|\b(use|choose|prefer|pick|go with|with)\b)[^.;]{0,40}\bk?sql ?db\b/i.test(text) &&
          !/licen[cs]e|flink|kafka streams/i.test(text),
        "ksqlDB is no part of Apache Kafka, and its licence is no open-source one.",
      ),
    examples: [
      said("SQL-like queries? → ksqlDB (Quick aggregation)", 1),
      said("For ad hoc queries use ksqlDB", 1),
      said("Use ksqlDB (Confluent Community License) or Flink SQL", 0),
      said("ksqlDB is written in Java", 0),
    ],
  },
];

function where(settings: Settings, isSo: (text: string) => boolean, message: string): readonly Hit[] {
  if (!settings.isOf("statement")) return [];
  const text = settings.entry(STATEMENT)?.value ?? "";
  return isSo(text) ? [{ key: STATEMENT, message, evidence: text.slice(0, 200) }] : [];
}
