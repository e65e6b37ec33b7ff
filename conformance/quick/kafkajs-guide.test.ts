// The code of the guide for those who come from kafkajs, run as it stands against our broker; and our module beside kafkajs itself in one group.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { promisify } from "node:util";
import { silentLogger } from "@ottla/base";
import { startBroker } from "@ottla/broker";
import {
  Kafka,
  KafkaJSNonRetriableError,
  KafkaJSNotImplemented,
  KafkaJSProtocolError,
  logLevel,
  Partitioners,
} from "@ottla/client/kafkajs";
import * as kafkajs from "kafkajs";
import { nodeBinary, repositoryRoot } from "../src/paths.ts";
import { waitUntil } from "../src/process/wait-until.ts";

const quiet = { logLevel: logLevel.NOTHING };

test("the guide's code runs as it stands there", async () => {
  await using broker = await startBroker({ logger: silentLogger });
  const code = /```js\n([\s\S]*?)```/.exec(readFileSync(`${repositoryRoot}docs/guides/migrating-from-kafkajs.md`, "utf8"))![1]!;
  const file = new URL(`kafkajs-guide-${process.pid}.tmp.mjs`, import.meta.url).pathname;
  try {
    assert.ok(code.includes("127.0.0.1:9092"));
    writeFileSync(file, code.replace("127.0.0.1:9092", broker.bootstrap));
    const { stdout } = await promisify(execFile)(nodeBinary, ["--conditions=source", file], { timeout: 100_000 });
    assert.match(stdout, /^order-1 tea\norder-2 milk\n$/m);
  } finally {
    rmSync(file, { force: true });
  }
});

test("a member of kafkajs and one of ours share a group's partitions", async () => {
  await using broker = await startBroker({ logger: silentLogger, settings: { "group.initial.rebalance.delay.ms": "0" } });
  const config = { brokers: [broker.bootstrap], ...quiet };
  const theirs = new kafkajs.Kafka({ ...config, logLevel: kafkajs.logLevel.NOTHING });
  const ours = new Kafka(config);
  const admin = ours.admin();
  await admin.createTopics({ topics: [{ topic: "shared", numPartitions: 4 }] });
  const options = { groupId: "mixed", heartbeatInterval: 100, maxWaitTimeInMs: 100 };
  const members = [theirs.consumer(options), ours.consumer(options)] as const;
  const shares: number[][] = [[], []];
  const read: string[] = [];
  for (const [i, member] of members.entries()) {
    member.on(member.events.GROUP_JOIN, ({ payload }: { payload: { memberAssignment: Record<string, number[]> } }) => {
      shares[i] = payload.memberAssignment["shared"] ?? [];
    });
    await member.connect();
    await member.subscribe({ topics: ["shared"], fromBeginning: true });
    await member.run({ eachMessage: async ({ message }) => void read.push(message.value!.toString()) });
  }
  await waitUntil("each has two partitions", () => shares.every((share) => share.length === 2));
  assert.deepEqual(
    shares.flat().toSorted((a, b) => a - b),
    [0, 1, 2, 3],
  );
  const producer = ours.producer();
  await producer.connect();
  await producer.send({ topic: "shared", messages: Array.from({ length: 40 }, (_, i) => ({ value: String(i), partition: i % 4 })) });
  await waitUntil("all are read", () => read.length >= 40);
  await Promise.all([...members.map((member) => member.disconnect()), producer.disconnect(), admin.disconnect()]);
  assert.equal(new Set(read).size, 40);
});

test("keys go where kafkajs puts them, by its partitioner of today and by the one of yesterday", () => {
  const partitionMetadata = Array.from({ length: 7 }, (_, partitionId) => ({
    partitionId,
    leader: 1,
    partitionErrorCode: 0,
    replicas: [1],
    isr: [1],
  }));
  for (const name of ["DefaultPartitioner", "LegacyPartitioner"] as const) {
    const own = Partitioners[name]();
    const theirs = kafkajs.Partitioners[name]();
    for (let i = 0; i < 2000; i++) {
      const args = { topic: "t", partitionMetadata, message: { key: randomBytes(i % 40), value: "v" } };
      assert.equal(own(args), theirs(args), `${name} of ${args.message.key.toString("hex")}`);
    }
  }
});

test("what is not there yet, and what makes no sense, is refused under kafkajs's classes", async () => {
  await using broker = await startBroker({ logger: silentLogger });
  const brokers = [broker.bootstrap];
  assert.throws(() => new Kafka({ brokers, ssl: { rejectUnauthorized: false } }), KafkaJSNotImplemented);
  assert.throws(() => new Kafka({ brokers, sasl: {} as never }), /mechanism is not supported/);
  assert.throws(() => new Kafka({ brokers, sasl: { mechanism: "aws" } as never }), /^KafkaJSNotImplemented: .*"oauthbearer"/);
  const kafka = new Kafka({ brokers, ...quiet });
  assert.throws(() => kafka.consumer({ groupId: "" }), KafkaJSNonRetriableError);
  const producer = kafka.producer();
  await assert.rejects(producer.send({ topic: "t", messages: [{ value: "v" }] }), /disconnected/);
  await producer.connect();
  await assert.rejects(
    producer.send({ topic: "a b", messages: [{ value: "v" }] }),
    (error) => error instanceof KafkaJSProtocolError && error.type === "INVALID_TOPIC_EXCEPTION",
  );
  await assert.rejects(producer.send({ topic: "t", messages: [{} as never] }), KafkaJSNonRetriableError);
  await assert.rejects(
    kafka.admin().fetchTopicOffsets("missing"),
    (error) => error instanceof KafkaJSProtocolError && error.type === "UNKNOWN_TOPIC_OR_PARTITION",
  );
  await producer.disconnect();
  const nobody = new Kafka({ brokers: ["127.0.0.1:1"], retry: { retries: 0 }, ...quiet });
  await assert.rejects(nobody.producer().connect(), { name: "KafkaJSNumberOfRetriesExceeded" });
});
