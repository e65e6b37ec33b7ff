// @confluentinc/kafka-javascript 1.10.1 on librdkafka 2.15.1: InitProducerId 4, AddPartitionsToTxn 0, EndTxn 1, TxnOffsetCommit 3 with the member's generation (KIP-447).
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { waitUntil } from "../process/wait-until.ts";
import { requireTarget } from "../target.ts";
import {
  type ConfluentConsumer,
  type ConfluentKafka,
  type ConfluentMessage,
  type ConfluentProducer,
  installConfluent,
  makeConfluent,
} from "./confluent-client.ts";
import { uniqueName } from "./unique-name.ts";

const target = requireTarget();
const missing = await installConfluent("unoptimised");

describe(`@confluentinc/kafka-javascript transactions against ${target.kind} with ${target.brokers} broker(s)`, {
  skip: missing ?? false,
}, () => {
  let kafka: ConfluentKafka;
  const client = (): ConfluentKafka => (kafka ??= makeConfluent(target.bootstrap));

  async function withProducer(transactionalId: string, use: (producer: ConfluentProducer) => Promise<void>): Promise<void> {
    const producer = client().producer({ "transactional.id": transactionalId });
    await producer.connect();
    try {
      await use(producer);
    } finally {
      await producer.disconnect();
    }
  }

  /** Goes on reading what is committed while `use` looks at it. */
  async function withConsumer(
    topic: string,
    groupId: string,
    use: (read: readonly ConfluentMessage[], consumer: ConfluentConsumer) => Promise<void>,
  ): Promise<void> {
    const consumer = client().consumer({
      "group.id": groupId,
      "auto.offset.reset": "earliest",
      "enable.auto.commit": false,
      "isolation.level": "read_committed",
    });
    const read: ConfluentMessage[] = [];
    await consumer.connect();
    try {
      await consumer.subscribe({ topics: [topic] });
      await consumer.run({ eachMessage: async (message) => void read.push(message) });
      await use(read, consumer);
    } finally {
      await consumer.disconnect();
    }
  }

  async function makeTopic(): Promise<string> {
    const topic = uniqueName("confluent-txn");
    const admin = client().admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] });
    await admin.disconnect();
    return topic;
  }

  const valuesOf = (read: readonly ConfluentMessage[]): string[] => read.map(({ message }) => String(message.value));

  async function transact(producer: ConfluentProducer, commits: boolean, topic: string, ...values: string[]): Promise<void> {
    const transaction = await producer.transaction();
    for (const value of values) await transaction.send({ topic, messages: [{ value, partition: 0 }] });
    await (commits ? transaction.commit() : transaction.abort());
  }

  test("what is committed is read, what is aborted is not", async () => {
    const topic = await makeTopic();
    await withProducer(uniqueName("id"), async (producer) => {
      for (let round = 0; round < 6; round++) await transact(producer, round % 2 === 1, topic, `a${round}`, `b${round}`);
      await (await producer.transaction()).abort();
      await transact(producer, true, topic, "last");
    });
    await withConsumer(topic, uniqueName("confluent-txn"), async (read) => {
      await waitUntil("the last is read", () => valuesOf(read).includes("last"));
      assert.deepEqual(valuesOf(read), ["a1", "b1", "a3", "b3", "a5", "b5", "last"]);
    });
  });

  test("offsets of a member are committed with the transaction, or not at all", async () => {
    const topic = await makeTopic();
    const groupId = uniqueName("confluent-txn-group");
    const admin = client().admin();
    await admin.connect();
    const committed = async () => (await admin.fetchOffsets({ groupId, topics: [topic] }))[0]?.partitions[0]?.offset;
    await withProducer(uniqueName("id"), async (producer) => {
      await transact(producer, true, topic, "one", "two");
      await withConsumer(topic, groupId, async (read, consumer) => {
        await waitUntil("both are read", () => read.length === 2);
        for (const [offset, commits] of [
          ["1", false],
          ["2", true],
        ] as const) {
          const transaction = await producer.transaction();
          await transaction.send({ topic, messages: [{ value: `out of ${offset}`, partition: 0 }] });
          await transaction.sendOffsets({ consumer, topics: [{ topic, partitions: [{ partition: 0, offset }] }] });
          await (commits ? transaction.commit() : transaction.abort());
          if (!commits) assert.notEqual(await committed(), offset);
        }
        await waitUntil("the offset is committed", async () => (await committed()) === "2");
        await waitUntil("what went with it is read", () => valuesOf(read).includes("out of 2"));
        assert.deepEqual(valuesOf(read), ["one", "two", "out of 2"]);
      });
    });
    await admin.disconnect();
  });

  test("another producer under the same id fences the one before", async () => {
    const topic = await makeTopic();
    const id = uniqueName("id");
    await withProducer(id, async (first) => {
      const open = await first.transaction();
      await open.send({ topic, messages: [{ value: "lost", partition: 0 }] });
      await withProducer(id, (second) => transact(second, true, topic, "kept"));
      await assert.rejects(open.commit());
    });
    await withConsumer(topic, uniqueName("confluent-txn"), async (read) => {
      await waitUntil("what is kept is read", () => valuesOf(read).includes("kept"));
      assert.deepEqual(valuesOf(read), ["kept"]);
    });
  });
});
