// Read by kafkajs: a consumer of @platformatic/kafka 2.12.1 shows aborted records whose producer aborted again or committed later.
// It speaks the classic protocol of transactions: InitProducerId 5, AddPartitionsToTxn in the brokers' own form (4 and 5), EndTxn 4, TxnOffsetCommit 4.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { waitUntil } from "../process/wait-until.ts";
import { requireTarget } from "../target.ts";
import { makeAdmin, makeConsumer, makeTransactionalProducer, type TextMessage, type TextProducer } from "./platformatic-client.ts";
import { readUntil } from "./read-until.ts";
import { uniqueName } from "./unique-name.ts";

const target = requireTarget();

describe(`@platformatic/kafka transactions against ${target.kind} with ${target.brokers} broker(s)`, () => {
  const admin = makeAdmin();
  after(() => admin.close());

  const makeTopic = async (partitions = 1): Promise<string> => {
    const topic = uniqueName("platformatic-txn");
    await admin.createTopics({ topics: [topic], partitions, replicas: 1 });
    return topic;
  };

  async function withProducer(transactionalId: string, use: (producer: TextProducer) => Promise<void>): Promise<void> {
    const producer = makeTransactionalProducer(transactionalId);
    try {
      await use(producer);
    } finally {
      await producer.close();
    }
  }

  async function transact(producer: TextProducer, commits: boolean, topic: string, ...values: string[]): Promise<void> {
    const transaction = await producer.beginTransaction();
    for (const value of values) await transaction.send({ messages: [{ topic, partition: 0, value }], acks: -1 });
    await (commits ? transaction.commit() : transaction.abort());
  }

  test("what is committed is read, what is aborted is not", async () => {
    const topic = await makeTopic();
    await withProducer(uniqueName("id"), async (producer) => {
      await transact(producer, false, topic, "a0", "b0");
      await transact(producer, true, topic, "a1", "b1");
      await transact(producer, false, topic, "a2");
      await transact(producer, true, topic, "last");
    });
    assert.deepEqual(await readUntil(topic, "last"), ["a1", "b1", "last"]);
    assert.equal((await readUntil(topic, "last", true)).length, 6);
  });

  test("offsets of a consumer are committed with the transaction, or not at all", async () => {
    const topic = await makeTopic();
    const groupId = uniqueName("platformatic-txn-group");
    const committed = async (): Promise<string | undefined> => {
      const [group] = await admin.listConsumerGroupOffsets({ groups: [{ groupId, topics: [{ name: topic, partitionIndexes: [0] }] }] });
      return String(group?.topics[0]?.partitions[0]?.committedOffset);
    };
    await withProducer(uniqueName("id"), async (producer) => {
      await transact(producer, true, topic, "one", "two");
      const consumer = makeConsumer(groupId);
      try {
        const stream = await consumer.consume({ topics: [topic], mode: "earliest", autocommit: false });
        const read: TextMessage[] = [];
        stream.on("data", (message: TextMessage) => read.push(message));
        await waitUntil("both are read", () => read.length === 2);
        for (const [message, commits] of [
          [read[0]!, false],
          [read[1]!, true],
        ] as const) {
          const transaction = await producer.beginTransaction();
          await transaction.addConsumer(consumer);
          await transaction.addOffset(message);
          assert.equal(await committed(), "-1");
          await (commits ? transaction.commit() : transaction.abort());
        }
      } finally {
        await consumer.close(true);
      }
    });
    await waitUntil("the offset is committed", async () => (await committed()) === "2");
  });

  test("another producer under the same id fences the one before", async () => {
    const topic = await makeTopic();
    const id = uniqueName("id");
    await withProducer(id, async (first) => {
      const open = await first.beginTransaction();
      await open.send({ messages: [{ topic, partition: 0, value: "lost" }], acks: -1 });
      await withProducer(id, (second) => transact(second, true, topic, "kept"));
      await assert.rejects(open.commit());
    });
    assert.deepEqual(await readUntil(topic, "kept"), ["kept"]);
  });
});
