// kafkajs 2.2.4 speaks the classic protocol in its oldest versions: InitProducerId 1, AddPartitionsToTxn 1, AddOffsetsToTxn 1, TxnOffsetCommit 1, EndTxn 1.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Producer, Transaction } from "kafkajs";
import { waitUntil } from "../process/wait-until.ts";
import { requireTarget } from "../target.ts";
import { makeKafkajs } from "./kafkajs-client.ts";
import { readUntil } from "./read-until.ts";
import { uniqueName } from "./unique-name.ts";

const target = requireTarget();
const kafka = makeKafkajs();

async function withProducer(transactionalId: string, use: (producer: Producer) => Promise<void>): Promise<void> {
  const producer = kafka.producer({ transactionalId, idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  try {
    await use(producer);
  } finally {
    await producer.disconnect();
  }
}

async function makeTopic(): Promise<string> {
  const topic = uniqueName("kafkajs-txn");
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor: 1 }], waitForLeaders: true });
  await admin.disconnect();
  return topic;
}

const send = (transaction: Transaction, topic: string, value: string) => transaction.send({ topic, messages: [{ value, partition: 0 }] });

describe(`kafkajs transactions against ${target.kind} with ${target.brokers} broker(s)`, () => {
  test("what is committed is read, what is aborted is not", async () => {
    const topic = await makeTopic();
    await withProducer(uniqueName("id"), async (producer) => {
      for (let round = 0; round < 6; round++) {
        const transaction = await producer.transaction();
        await send(transaction, topic, `a${round}`);
        await send(transaction, topic, `b${round}`);
        await (round % 2 === 0 ? transaction.commit() : transaction.abort());
      }
      await (await producer.transaction()).abort();
      const last = await producer.transaction();
      await send(last, topic, "last");
      await last.commit();
    });
    assert.deepEqual(await readUntil(topic, "last"), ["a0", "b0", "a2", "b2", "a4", "b4", "last"]);
    assert.equal((await readUntil(topic, "last", true)).length, 13);
  });

  test("offsets are committed with the transaction, or not at all", async () => {
    const topic = await makeTopic();
    const groupId = uniqueName("kafkajs-txn-group");
    const admin = kafka.admin();
    await admin.connect();
    const committed = async () => (await admin.fetchOffsets({ groupId, topics: [topic] }))[0]?.partitions[0]?.offset;
    await withProducer(uniqueName("id"), async (producer) => {
      const dropped = await producer.transaction();
      await send(dropped, topic, "dropped");
      await dropped.sendOffsets({ consumerGroupId: groupId, topics: [{ topic, partitions: [{ partition: 0, offset: "5" }] }] });
      await dropped.abort();
      const kept = await producer.transaction();
      await send(kept, topic, "kept");
      await kept.sendOffsets({ consumerGroupId: groupId, topics: [{ topic, partitions: [{ partition: 0, offset: "7" }] }] });
      await kept.commit();
    });
    await waitUntil("the offset is committed", async () => (await committed()) === "7");
    assert.deepEqual(await readUntil(topic, "kept"), ["kept"]);
    await admin.disconnect();
  });

  test("another producer under the same id fences the one before", async () => {
    const topic = await makeTopic();
    const id = uniqueName("id");
    await withProducer(id, async (first) => {
      const open = await first.transaction();
      await send(open, topic, "lost");
      await withProducer(id, async (second) => {
        const transaction = await second.transaction();
        await send(transaction, topic, "kept");
        await transaction.commit();
      });
      await assert.rejects(open.commit());
    });
    assert.deepEqual(await readUntil(topic, "kept"), ["kept"]);
  });
});
