import { once } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { loadConfluent } from "@ottla/conformance/clients/confluent-client";
import { freshName, type PeerDriver, type Sending, sendOneByOne } from "../driver.ts";
import type { ProduceTask } from "../task.ts";
import { handler } from "./handler.ts";

const common = (bootstrap: string) => ({ "bootstrap.servers": bootstrap, "client.id": "bench", log_level: 0 });

/** The addon's own producer: no promise per record. */
interface BareProducer {
  connect(): void;
  once(event: string, listener: () => void): this;
  setPollInterval(ms: number): void;
  poll(): void;
  produce(topic: string, partition: null, value: Buffer, key: null): void;
  flush(timeoutMs: number, done: (error: Error | null) => void): void;
  disconnect(done: () => void): void;
}

interface Message {
  readonly value: Buffer;
}

interface ConfluentBench {
  readonly Producer: new (config: object) => BareProducer;
  readonly KafkaJS: {
    readonly Kafka: new (
      config: object,
    ) => {
      producer(config: object): {
        connect(): Promise<void>;
        disconnect(): Promise<void>;
        send(list: { readonly topic: string; readonly messages: readonly Message[] }): Promise<unknown>;
        transaction(): Promise<{
          send(list: { readonly topic: string; readonly messages: readonly Message[] }): Promise<unknown>;
          commit(): Promise<void>;
        }>;
      };
      consumer(config: object): {
        connect(): Promise<void>;
        disconnect(): Promise<void>;
        subscribe(topics: { readonly topics: readonly string[] }): Promise<void>;
        run(handlers: {
          readonly partitionsConsumedConcurrently?: number;
          eachMessage?(message: { readonly message: Message }): Promise<void>;
          eachBatch?(batch: { readonly batch: { readonly messages: readonly Message[] } }): Promise<void>;
        }): Promise<void>;
      };
    };
  };
}

const confluent = (): ConfluentBench => loadConfluent<ConfluentBench>("optimised");

const producing = (task: ProduceTask) => ({
  ...common(task.bootstrap),
  acks: -1,
  "linger.ms": 5,
  "batch.size": 65_536,
  "compression.codec": task.compression,
});

async function bareSending(task: ProduceTask, payloads: readonly Buffer[]): Promise<Sending> {
  const producer = new (confluent().Producer)({ ...producing(task), "queue.buffering.max.kbytes": 32_768 });
  const ready = once(producer as unknown as NodeJS.EventEmitter, "ready");
  producer.connect();
  await ready;
  producer.setPollInterval(10);
  return {
    async runUntil(deadlineMs) {
      let count = 0;
      while ((count & 255) !== 0 || performance.now() < deadlineMs) {
        try {
          producer.produce(task.topic, null, payloads[count % payloads.length]!, null);
          count++;
        } catch (error) {
          if (!/queue full/i.test(String(error))) throw error;
          await turn();
        }
      }
      await new Promise<void>((resolve, reject) => producer.flush(60_000, (error) => (error ? reject(error) : resolve())));
      return count;
    },
    close: () => new Promise((resolve) => producer.disconnect(resolve)),
  };
}

async function withConsumer(
  bootstrap: string,
  topic: string,
  options: object,
  use: (consumer: ReturnType<InstanceType<ConfluentBench["KafkaJS"]["Kafka"]>["consumer"]>) => Promise<void>,
): Promise<void> {
  const consumer = new (confluent().KafkaJS.Kafka)(common(bootstrap)).consumer({
    "group.id": freshName("bench"),
    "auto.offset.reset": "earliest",
    "js.consumer.max.batch.size": -1,
    ...options,
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic] });
  await use(consumer);
  await consumer.disconnect();
}

/** @confluentinc/kafka-javascript 1.10.1 on librdkafka: eachBatch without a limit and eachMessage; the addon's own produce where no promise is asked for, else send. */
export const confluentDriver: PeerDriver = {
  consume: (task, meter) =>
    withConsumer(task.bootstrap, task.topic, { "enable.auto.commit": false }, async (consumer) => {
      let bytes = 0;
      await consumer.run(
        task.mode === "records"
          ? {
              eachMessage: async ({ message }) => {
                bytes += message.value.length;
                meter.add(1);
              },
            }
          : {
              eachBatch: async ({ batch }) => {
                for (const message of batch.messages) bytes += message.value.length;
                meter.add(batch.messages.length);
              },
            },
      );
      await meter.enough;
    }),
  handle: (task, meter) =>
    withConsumer(task.bootstrap, task.topic, { "auto.commit.interval.ms": 1000 }, async (consumer) => {
      await consumer.run({ partitionsConsumedConcurrently: task.concurrency, eachMessage: handler(task.workMs, meter) });
      await meter.enough;
    }),
  async openProducer(task, payloads) {
    if (task.mode === "lists") return bareSending(task, payloads);
    const producer = new (confluent().KafkaJS.Kafka)(common(task.bootstrap)).producer(producing(task));
    await producer.connect();
    return {
      runUntil: (deadlineMs) => sendOneByOne(payloads, deadlineMs, (value) => producer.send({ topic: task.topic, messages: [{ value }] })),
      close: () => producer.disconnect(),
    };
  },
  async openPinger({ bootstrap, topic }) {
    const producer = new (confluent().KafkaJS.Kafka)(common(bootstrap)).producer({ acks: 1, "linger.ms": 0 });
    await producer.connect();
    return { ping: (value) => producer.send({ topic, messages: [{ value }] }), close: () => producer.disconnect() };
  },
  async openTransactions({ bootstrap, topic }) {
    const producer = new (confluent().KafkaJS.Kafka)(common(bootstrap)).producer({
      "transactional.id": freshName("bench"),
      "linger.ms": 5,
      "batch.size": 65_536,
    });
    await producer.connect();
    return {
      async transact(payloads) {
        const transaction = await producer.transaction();
        await transaction.send({ topic, messages: payloads.map((value) => ({ value })) });
        await transaction.commit();
      },
      close: () => producer.disconnect(),
    };
  },
};
