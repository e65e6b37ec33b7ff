import { TOPIC_FACTOR, TOPIC_NAME, TOPIC_PARTITIONS } from "../lint/topic-entries.ts";
import type { Settings } from "../lint/settings.ts";
import type { AcrossHit, AcrossRule } from "./across-rule.ts";
import type { Project } from "./project.ts";
import { evidenceOf } from "./rule.ts";

function given(settings: Settings, key: string): number | undefined {
  const text = settings.given(key);
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

const DEAD = /[.-](dlq|dlt|dead-letters?)$/i;

/** Sinks that stop at the first record they cannot read, in a project that says which topics there are. */
function withoutDeadLetters(project: Project): readonly AcrossHit[] {
  return project.all.flatMap((sink): readonly AcrossHit[] => {
    const topics = sink.isOf("sinkConnector") ? sink.list("topics") : [];
    if (topics.length === 0 || sink.has("errors.deadletterqueue.topic.name") || sink.document.isPartial) return [];
    const mine = project.topicsOf(sink);
    const names = new Set(mine.map((topic) => topic.given(TOPIC_NAME) ?? ""));
    const source = mine.find((topic) => topics.includes(topic.given(TOPIC_NAME) ?? ""));
    if (!source || topics.some((topic) => [...names].some((name) => DEAD.test(name) && name.replace(DEAD, "") === topic))) return [];
    return [
      {
        document: sink.document,
        key: "topics",
        message: `A record of ${source.given(TOPIC_NAME)} that cannot be read stops the task: there is no dead-letter topic, and none is named.`,
        evidence: `${evidenceOf(sink, "topics")}; ${source.document.file} defines ${source.given(TOPIC_NAME)} and no ${source.given(TOPIC_NAME)}.dlq`,
      },
    ];
  });
}

const BUFFER = 33_554_432;

/** Producers whose open batches alone fill their buffer, if they write the widest topic there is. */
function smallBuffers(project: Project): readonly AcrossHit[] {
  return project.producers.flatMap((producer): readonly AcrossHit[] => {
    const batch = given(producer, "batch.size");
    if (batch === undefined) return [];
    const buffer = producer.has("buffer.memory") ? given(producer, "buffer.memory") : BUFFER;
    const widest = project.topicsOf(producer).toSorted((a, b) => (given(b, TOPIC_PARTITIONS) ?? 1) - (given(a, TOPIC_PARTITIONS) ?? 1))[0];
    const partitions = widest && given(widest, TOPIC_PARTITIONS);
    if (!widest || partitions === undefined || buffer === undefined || buffer >= batch * partitions * 2) return [];
    return [
      {
        document: producer.document,
        key: "batch.size",
        message: `Two batches for each of the ${partitions} partitions of ${widest.given(TOPIC_NAME)} are ${batch * partitions * 2} bytes, more than the buffer of ${buffer}: send waits.`,
        evidence: `${evidenceOf(producer, "batch.size", "buffer.memory")}; ${widest.document.file}: ${evidenceOf(widest, TOPIC_PARTITIONS)}`,
      },
    ];
  });
}

/** Streams applications with more threads in one instance than there are tasks. */
function idleThreads(project: Project): readonly AcrossHit[] {
  const [topology] = project.topologies;
  const applications = project.all.filter((settings) => settings.isOf("streams"));
  // Which application is which is told where there is one of each.
  if (project.topologies.length !== 1 || !topology || applications.length !== 1) return [];
  const counts = topology.parts.map(({ nodes }) => {
    const inputs = nodes.filter(({ kind }) => kind === "source").flatMap(({ topics }) => topics);
    return Math.max(
      ...inputs.map((name) => {
        const topic = project.topics.find((each) => each.given(TOPIC_NAME) === name);
        return (topic && given(topic, TOPIC_PARTITIONS)) ?? Number.POSITIVE_INFINITY;
      }),
    );
  });
  const tasks = counts.reduce((sum, count) => sum + count, 0);
  const application = applications[0]!;
  const threads = given(application, "num.stream.threads");
  return threads !== undefined && Number.isFinite(tasks) && threads > tasks
    ? [
        {
          document: application.document,
          key: "num.stream.threads",
          message: `There is work for ${tasks} threads in all instances together; ${threads} are started in each.`,
          evidence: `${evidenceOf(application, "num.stream.threads")}; ${topology.file}: ${counts.join(" + ")} tasks`,
        },
      ]
    : [];
}

const SINK = JSON.stringify({ "connector.class": "io.x.JdbcSinkConnector", topics: "orders", "tasks.max": "1" });
const TOPOLOGY = "Topologies:\n   Sub-topology: 0\n    Source: A (topics: [orders])\n    Processor: P (stores: [s])\n";
const topics = (text: string): string => `topics:\n${text}`;
const ORDERS = `  - {name: orders, partitions: 4, ${TOPIC_FACTOR}: 3}\n`;

/** Rules over what reads and writes topics, against the topics that are defined. */
export const acrossReaders: readonly AcrossRule[] = [
  {
    id: "TOP-23",
    name: "dlq-missing",
    severity: "warning",
    confidence: "needs context",
    condition: "a sink reads a topic that the files define, names no dead-letter topic, and none is defined",
    why: "One record that cannot be read stops the task, and all behind it waits.",
    fix: "Define TOPIC.dlq with the topic's retention, and name it in errors.deadletterqueue.topic.name.",
    source: "KIP-298",
    check: withoutDeadLetters,
    examples: [
      { files: { "sink.json": SINK, "topics.yaml": topics(ORDERS) }, hits: 1 },
      {
        files: { "sink.json": SINK, "topics.yaml": topics(`${ORDERS}  - {name: orders.dlq, partitions: 1, ${TOPIC_FACTOR}: 3}\n`) },
        hits: 0,
      },
    ],
  },
  {
    id: "PRD-11",
    name: "buffer",
    severity: "warning",
    confidence: "needs context",
    condition:
      "buffer.memory below two batches of batch.size for each partition of the widest topic that the files define, where batch.size is set",
    why: "The buffer is full of batches that wait for company: send blocks for up to max.block.ms.",
    fix: "Raise buffer.memory, or lower batch.size.",
    source: "Apache Kafka documentation, producer configs",
    check: smallBuffers,
    examples: [
      {
        files: {
          "p.properties": "acks=all\nbatch.size=524288\n",
          "t.yaml": topics("  - {name: a, partitions: 33, config: {retention.ms: 1000}}\n"),
        },
        hits: 1,
      },
      {
        files: {
          "p.properties": "acks=all\nbatch.size=524288\n",
          "t.yaml": topics("  - {name: a, partitions: 32, config: {retention.ms: 1000}}\n"),
        },
        hits: 0,
      },
    ],
  },
  {
    id: "STR-09",
    name: "threads",
    severity: "warning",
    confidence: "medium",
    condition: "num.stream.threads above the number of tasks that the topology and its topics make",
    why: "A task is one thread's: the others are started, hold memory and connections, and wait.",
    fix: "Lower it, or give the input topics more partitions.",
    source: "Apache Kafka documentation, Streams architecture",
    check: idleThreads,
    examples: [
      {
        files: { "app.topology": TOPOLOGY, "s.properties": "application.id=a\nnum.stream.threads=5\n", "topics.yaml": topics(ORDERS) },
        hits: 1,
      },
      {
        files: { "app.topology": TOPOLOGY, "s.properties": "application.id=a\nnum.stream.threads=4\n", "topics.yaml": topics(ORDERS) },
        hits: 0,
      },
    ],
  },
];
