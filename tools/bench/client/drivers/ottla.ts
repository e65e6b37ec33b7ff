import type { Consumer, ConsumerOptions, createClient, Producer } from "@ottla/client";
import { freshName, type PeerDriver, type Sending, sendOneByOne } from "../driver.ts";
import type { Meter } from "../meter.ts";
import type { ConsumeTask, ProduceTask } from "../task.ts";
import { handler } from "./handler.ts";

type CreateClient = typeof createClient;

async function consume(consumer: Consumer, { mode }: ConsumeTask, meter: Meter): Promise<void> {
  if (mode === "records") {
    let bytes = 0;
    for await (const record of consumer.records()) {
      bytes += record.value!.length;
      if (meter.add(1)) return;
    }
    return;
  }
  for await (const batch of consumer.batches()) {
    let count = 0;
    let bytes = 0;
    if (mode === "batches") {
      const cursor = batch.cursor();
      while (cursor.moveNext()) {
        bytes += cursor.valueLength;
        count++;
      }
    } else {
      for (const record of batch) {
        bytes += record.value!.length;
        count++;
      }
    }
    if (meter.add(count)) return;
  }
}

function sendingOf(producer: Producer, { topic, mode }: ProduceTask, payloads: readonly Buffer[]): Sending {
  const enqueueAll = async (deadlineMs: number): Promise<number> => {
    let count = 0;
    while ((count & 255) !== 0 || performance.now() < deadlineMs) {
      const wait = producer.enqueue({ topic, value: payloads[count++ % payloads.length] });
      if (wait !== undefined) await wait;
    }
    await producer.flush();
    return count;
  };
  return {
    runUntil: (deadlineMs) =>
      mode === "lists" ? enqueueAll(deadlineMs) : sendOneByOne(payloads, deadlineMs, (value) => producer.send({ topic, value })),
    close: () => producer.close(),
  };
}

/** Ours, or that of another checkout. */
export function makeOttlaDriver(create: CreateClient): PeerDriver {
  const withConsumer = async (bootstrap: string, options: ConsumerOptions, use: (consumer: Consumer) => Promise<void>) => {
    const client = create({ bootstrapServers: bootstrap });
    const consumer = client.consumer({ groupId: freshName("bench"), autoOffsetReset: "earliest", ...options });
    try {
      await use(consumer);
    } finally {
      await client.close();
    }
  };
  return {
    consume: (task, meter) =>
      withConsumer(task.bootstrap, { enableAutoCommit: false }, async (consumer) => {
        consumer.subscribe(task.topic);
        await consume(consumer, task, meter);
      }),
    handle: (task, meter) =>
      withConsumer(task.bootstrap, { autoCommitIntervalMs: 1000 }, async (consumer) => {
        consumer.subscribe(task.topic);
        const work = handler(task.workMs, meter);
        const running = consumer.run({
          concurrency: task.concurrency,
          orderBy: task.concurrency > 1 ? "key" : "partition",
          eachRecord: work,
        });
        await Promise.race([meter.enough, running]);
        await consumer.close();
        await running;
      }),
    async openProducer(task, payloads) {
      const client = create({ bootstrapServers: task.bootstrap });
      return sendingOf(client.producer({ lingerMs: 5, batchSizeBytes: 65_536, compression: task.compression }), task, payloads);
    },
    async openPinger({ bootstrap, topic }) {
      const producer = create({ bootstrapServers: bootstrap }).producer({ acks: 1, lingerMs: 0 });
      return { ping: (value) => producer.send({ topic, value }), close: () => producer.close() };
    },
    async openTransactions({ bootstrap, topic }) {
      const producer = create({ bootstrapServers: bootstrap }).producer({
        transactionalId: freshName("bench"),
        lingerMs: 5,
        batchSizeBytes: 65_536,
      });
      return {
        transact: (payloads) =>
          producer.transaction(async (transaction) => {
            for (const value of payloads) {
              const wait = transaction.enqueue({ topic, value });
              if (wait !== undefined) await wait;
            }
          }),
        close: () => producer.close(),
      };
    },
  };
}
