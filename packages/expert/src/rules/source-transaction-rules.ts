import type { Place } from "../source/code/code.ts";
import { callsOf } from "../source/model/context.ts";
import { clientsUsed, escapeOf } from "../source/model/escape.ts";
import type { MadeClient } from "../source/model/made-client.ts";
import type { ClientCall, Program } from "../source/model/program.ts";
import { factsOf } from "../source/project/facts.ts";
import type { SourceHit, SourceRule } from "./source-rule.ts";

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
    condition: "a producer has a transactional.id and sends, and no transaction is begun in the files that have it",
    why: "The first send fails: a transactional producer sends in transactions only.",
    fix: "Begin and commit around what belongs together, or take the transactional.id out: idempotence needs none.",
    source: "Apache Kafka documentation, KafkaProducer",
    check: (program) =>
      clientsUsed(program).flatMap((client) => {
        if (client.role !== "producer" || client.library.id === "spring" || !hasTransactionalId(client)) return [];
        const sends = program.calls.filter((call) => call.client === client && /^(send|enqueue)$/.test(call.verb));
        const begins = callsOf(program, "begin", "initTransactions", "commitTransaction").length > 0 || program.around.has("begins");
        return !begins && sends.length > 0
          ? [{ at: placeOf(program, client, sends[0]!), message: "It is transactional, and sends without beginning a transaction." }]
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
    condition: "a consumer has auto-commit off and is read, and nothing in the files of the project that have it commits",
    why: "After each restart it begins where it began before: all is done again, or, from latest, lost.",
    fix: "Commit what is done, or leave auto-commit on.",
    source: "Apache Kafka documentation, KafkaConsumer",
    check: (program) =>
      clientsUsed(program).flatMap((client): readonly SourceHit[] => {
        if (client.role !== "consumer" && client.library.id !== "franz-go") return [];
        const off = client.settings.entries.find(({ key, value }) => key === "enable.auto.commit" && /^false$/i.test(value));
        const hasGroup = client.settings.entries.some(({ key }) => key === "group.id") || client.settings.isOpen;
        if (!off || !hasGroup || program.isTest || commits(program)) return [];
        const read = program.calls.find((call) => call.client === client && /^(poll|records|run)$/.test(call.verb));
        const escape = escapeOf(program, client);
        if (!read || escape === "unknown" || (escape === "project" && program.around.has("commits"))) return [];
        const isOwn = program.clients.includes(client);
        return [
          {
            at: isOwn ? { start: 0, end: 0, line: off.line } : read.call,
            message:
              escape === "none"
                ? "Auto-commit is off, and nothing commits."
                : "Auto-commit is off, and no file of the project that has this consumer commits.",
            ...(escape === "project" && { confidence: "needs context" as const }),
          },
        ];
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

/** Where it is told: where the client is made, or, when that is another file, where it is used. */
function placeOf(program: Program, client: MadeClient, { call }: ClientCall): Place {
  return program.clients.includes(client) ? client.made : call;
}

/** Whether anything in the file commits, by whatever it calls. */
function commits(program: Program): boolean {
  return factsOf(program.code, program.constants).has("commits");
}
