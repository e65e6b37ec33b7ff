import { pathOf, walk } from "../source/code/source-code.ts";
import { callsOf } from "../source/model/context.ts";
import type { MadeClient, Program } from "../source/model/program.ts";
import type { SourceRule } from "./source-rule.ts";

const JAVA = `import org.apache.kafka.clients.producer.*;\nclass Orders {\n  void run() {\n    Properties settings = new Properties();\n    settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, `;
const JAVA_BEHIND = `);\n    KafkaProducer<String, Order> producer = new KafkaProducer<>(settings);\n`;

/** Rules over transactions and over commits that never come. */
export const sourceTransactionRules: readonly SourceRule[] = [
  {
    id: "PRD-13",
    name: "txn-id-constant",
    severity: "error",
    confidence: "needs context",
    condition: "transactional.id is a constant of the program",
    why: "A second instance fences the first: they take turns in failing.",
    fix: "Give each instance an id of its own, as from the name of its pod.",
    source: "Apache Kafka documentation, transactional.id",
    check: (program) =>
      program.isTest
        ? []
        : program.documents.flatMap(({ document }) =>
            document.entries
              .filter(({ key, value }) => key === "transactional.id" && !value.startsWith("${"))
              .map((entry) => ({
                at: { start: 0, end: 0, line: entry.line },
                message: "All instances of this program have one transactional.id, and fence each other.",
              })),
          ),
    examples: [
      { language: "java", code: `${JAVA}"orders"${JAVA_BEHIND}    producer.initTransactions();\n  }\n}`, hits: 1 },
      { language: "java", code: `${JAVA}"orders-" + pod${JAVA_BEHIND}    producer.initTransactions();\n  }\n}`, hits: 0 },
      {
        language: "typescript",
        code: `import { createClient } from "@ottla/client";\nconst producer = createClient({ bootstrapServers }).producer({ transactionalId: "orders" });\nawait producer.transaction(work);`,
        hits: 1,
      },
      {
        language: "python",
        code: `from confluent_kafka import Producer\nproducer = Producer({"transactional.id": "orders-" + host})\nproducer.init_transactions()\n`,
        hits: 0,
      },
    ],
  },
  {
    id: "PRD-14",
    name: "txn-never-begun",
    severity: "error",
    confidence: "medium",
    condition: "a producer has a transactional.id and sends, and no transaction is begun in the file",
    why: "The first send fails: a transactional producer sends in transactions only.",
    fix: "Begin and commit around what belongs together, or take the transactional.id out: idempotence needs none.",
    source: "Apache Kafka documentation, KafkaProducer",
    check: (program) =>
      program.clients.flatMap((client) => {
        if (client.role !== "producer" || client.library.id === "spring" || !hasTransactionalId(client)) return [];
        const own = program.calls.filter((call) => call.client === client);
        const begins = callsOf(program, "begin", "initTransactions", "commitTransaction").length > 0;
        return !begins && own.some(({ verb }) => verb === "send" || verb === "enqueue")
          ? [{ at: client.made, message: "It is transactional, and sends without beginning a transaction." }]
          : [];
      }),
    examples: [
      { language: "java", code: `${JAVA}"orders-" + pod${JAVA_BEHIND}    producer.send(record, callback);\n  }\n}`, hits: 1 },
      {
        language: "java",
        code: `${JAVA}"orders-" + pod${JAVA_BEHIND}    producer.initTransactions();\n    producer.beginTransaction();\n    producer.send(record, callback);\n    producer.commitTransaction();\n  }\n}`,
        hits: 0,
      },
      {
        language: "typescript",
        code: `import { Kafka } from "kafkajs";\nconst producer = new Kafka({ brokers }).producer({ transactionalId: pod, idempotent: true });\nawait producer.send({ topic: "orders", messages });`,
        hits: 1,
      },
    ],
  },
  {
    id: "SRC-21",
    name: "commit-never",
    severity: "error",
    confidence: "medium",
    condition: "a consumer has auto-commit off and is read, and nothing in the file commits",
    why: "After each restart it begins where it began before: all is done again, or, from latest, lost.",
    fix: "Commit what is done, or leave auto-commit on.",
    source: "Apache Kafka documentation, KafkaConsumer",
    check: (program) =>
      program.clients.flatMap((client) => {
        if (client.role !== "consumer" && client.library.id !== "franz-go") return [];
        const off = client.settings.entries.find(({ key, value }) => key === "enable.auto.commit" && /^false$/i.test(value));
        const hasGroup = client.settings.entries.some(({ key }) => key === "group.id") || client.settings.isOpen;
        if (!off || !hasGroup || program.isTest || commits(program) || isGivenAway(program, client)) return [];
        const isRead = program.calls.some((call) => call.client === client && /^(poll|records|run)$/.test(call.verb));
        return isRead ? [{ at: { start: 0, end: 0, line: off.line }, message: "Auto-commit is off, and nothing commits." }] : [];
      }),
    examples: [
      {
        language: "python",
        code: `from confluent_kafka import Consumer\nconsumer = Consumer({"group.id": "g", "enable.auto.commit": False})\nwhile running:\n    handle(consumer.poll(1.0))\nconsumer.close()\n`,
        hits: 1,
      },
      {
        language: "python",
        code: `from confluent_kafka import Consumer\nconsumer = Consumer({"group.id": "g", "enable.auto.commit": False})\nwhile running:\n    handle(consumer.poll(1.0))\n    consumer.commit()\nconsumer.close()\n`,
        hits: 0,
      },
      {
        language: "typescript",
        code: `import { createClient } from "@ottla/client";\nconst consumer = createClient({ bootstrapServers }).consumer({ groupId: "g", enableAutoCommit: false });\nfor await (const record of consumer.records()) await handle(record);\nawait consumer.close();`,
        hits: 1,
      },
      {
        language: "typescript",
        code: `import { createClient } from "@ottla/client";\nconst consumer = createClient({ bootstrapServers }).consumer({ groupId: "g", enableAutoCommit: false });\nfor await (const record of consumer.records()) await producer.transaction((tx) => tx.sendOffsets([record], consumer.groupMetadata()));\nawait consumer.close();`,
        hits: 0,
      },
      {
        language: "go",
        code: `package main\nimport "github.com/twmb/franz-go/pkg/kgo"\nfunc main() {\n  client, err := kgo.NewClient(kgo.ConsumerGroup("g"), kgo.DisableAutoCommit())\n  defer client.Close()\n  for { client.PollFetches(ctx).EachRecord(handle) }\n}`,
        hits: 1,
      },
    ],
  },
];

function hasTransactionalId({ settings }: MadeClient): boolean {
  return settings.entries.some(({ key }) => key === "transactional.id");
}

const COMMITS = /commit|sendOffsets|storeOffset|resolveOffset|acknowledge|markMessage|markOffset|store_offsets|send_offsets|\back\b/i;

/** Whether anything in the file commits, by whatever it calls. */
function commits(program: Program): boolean {
  const isOne = (name: string): boolean => COMMITS.test(name) && !/auto_?commit/i.test(name);
  for (const each of walk(program.code.root)) {
    if (each.kind === "member" && isOne(each.name)) return true;
    if (each.kind === "name" && each.parent?.kind === "call" && isOne(each.name)) return true;
  }
  return false;
}

/** Whether the consumer is handed to code that is not in sight. */
function isGivenAway(program: Program, { name, made }: MadeClient): boolean {
  if (name === undefined) return true;
  const last = name.slice(name.lastIndexOf(".") + 1);
  if (program.code.exports.has(last)) return true;
  for (const call of program.constants.calls)
    if (call !== made && call.args.some((arg) => pathOf(arg)?.split(".").at(-1) === last)) return true;
  return false;
}
