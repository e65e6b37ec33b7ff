import { kafkajsCompression } from "@ottla/conformance/clients/kafkajs-client";
import kafkajs, { type Consumer, type Kafka as KafkaClient } from "kafkajs";
import { freshName, listLength, type PeerDriver, sendLists, sendOneByOne } from "../driver.ts";
import { handler } from "./handler.ts";

const { Kafka, logLevel } = kafkajs;

const client = (bootstrap: string): KafkaClient => new Kafka({ clientId: "bench", brokers: [bootstrap], logLevel: logLevel.NOTHING });

async function withConsumer(bootstrap: string, topic: string, use: (consumer: Consumer) => Promise<void>): Promise<void> {
  const consumer = client(bootstrap).consumer({ groupId: freshName("bench") });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await use(consumer);
  await consumer.disconnect();
}

/** kafkajs 2.2.4: eachBatch and eachMessage, send of lists and of one. lz4 and zstd come from lz4-napi and Node. */
export const kafkajsDriver: PeerDriver = {
  consume: (task, meter) =>
    withConsumer(task.bootstrap, task.topic, async (consumer) => {
      let bytes = 0;
      await consumer.run(
        task.mode === "records"
          ? {
              autoCommit: false,
              eachMessage: async ({ message }) => {
                bytes += message.value!.length;
                meter.add(1);
              },
            }
          : {
              autoCommit: false,
              eachBatch: async ({ batch }) => {
                for (const message of batch.messages) bytes += message.value!.length;
                meter.add(batch.messages.length);
              },
            },
      );
      await meter.enough;
    }),
  handle: (task, meter) =>
    withConsumer(task.bootstrap, task.topic, async (consumer) => {
      const work = handler(task.workMs, meter);
      await consumer.run({ autoCommitInterval: 1000, partitionsConsumedConcurrently: task.concurrency, eachMessage: work });
      await meter.enough;
    }),
  async openProducer({ bootstrap, topic, mode, compression: codec, payloadBytes }, payloads) {
    const producer = client(bootstrap).producer({ allowAutoTopicCreation: false });
    await producer.connect();
    const compression = kafkajsCompression[codec];
    const messages = payloads.map((value) => ({ value }));
    return {
      runUntil: (deadlineMs) =>
        mode === "lists"
          ? sendLists(messages, listLength(payloadBytes), deadlineMs, (list) =>
              producer.send({ topic, acks: -1, compression, messages: list }),
            )
          : sendOneByOne(payloads, deadlineMs, (value) => producer.send({ topic, acks: -1, compression, messages: [{ value }] })),
      close: () => producer.disconnect(),
    };
  },
  async openPinger({ bootstrap, topic }) {
    const producer = client(bootstrap).producer({ allowAutoTopicCreation: false });
    await producer.connect();
    return { ping: (value) => producer.send({ topic, acks: 1, messages: [{ value }] }), close: () => producer.disconnect() };
  },
  async openTransactions({ bootstrap, topic }) {
    const producer = client(bootstrap).producer({ transactionalId: freshName("bench"), idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    return {
      async transact(payloads) {
        const transaction = await producer.transaction();
        await transaction.send({ topic, acks: -1, messages: payloads.map((value) => ({ value })) });
        await transaction.commit();
      },
      close: () => producer.disconnect(),
    };
  },
};
