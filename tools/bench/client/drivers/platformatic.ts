import { Consumer, type MessagesStream, Producer } from "@platformatic/kafka";
import { freshName, listLength, type PeerDriver, sendLists, sendOneByOne } from "../driver.ts";
import { handler } from "./handler.ts";

const ACKS_ALL = -1;
const ACKS_LEADER = 1;

type Stream = MessagesStream<Buffer, Buffer, Buffer, Buffer>;

async function withStream(bootstrap: string, topic: string, autocommit: number | false, use: (stream: Stream) => Promise<void>) {
  const consumer = new Consumer({ clientId: "bench", bootstrapBrokers: [bootstrap], groupId: freshName("bench"), maxWaitTime: 500 });
  const stream = await consumer.consume({ topics: [topic], mode: "earliest", autocommit });
  await use(stream);
  await consumer.close(true);
}

const makeProducer = (bootstrap: string): Producer => new Producer({ clientId: "bench", bootstrapBrokers: [bootstrap] });

/** @platformatic/kafka 2.12.1: its stream by events and by `for await`, send of lists and of one. It hands one record at a time to nobody but a loop. */
export const platformaticDriver: PeerDriver = {
  consume: (task, meter) =>
    withStream(task.bootstrap, task.topic, false, async (stream) => {
      let bytes = 0;
      if (task.mode === "records") {
        for await (const message of stream) {
          bytes += message.value.length;
          if (meter.add(1)) return;
        }
      }
      stream.on("data", (message) => {
        bytes += message.value.length;
        meter.add(1);
      });
      await meter.enough;
    }),
  handle: (task, meter) =>
    withStream(task.bootstrap, task.topic, 1000, async (stream) => {
      const work = handler(task.workMs, meter);
      for await (const _ of stream) {
        await work();
        if (meter.isOver) return;
      }
    }),
  async openProducer({ bootstrap, topic, mode, compression, payloadBytes }, payloads) {
    const producer = makeProducer(bootstrap);
    const messages = payloads.map((value) => ({ topic, value }));
    const options = { acks: ACKS_ALL, compression } as const;
    return {
      runUntil: (deadlineMs) =>
        mode === "lists"
          ? sendLists(messages, listLength(payloadBytes), deadlineMs, (list) => producer.send({ messages: list, ...options }))
          : sendOneByOne(payloads, deadlineMs, (value) => producer.send({ messages: [{ topic, value }], ...options })),
      close: () => producer.close(),
    };
  },
  async openPinger({ bootstrap, topic }) {
    const producer = makeProducer(bootstrap);
    return { ping: (value) => producer.send({ messages: [{ topic, value }], acks: ACKS_LEADER }), close: () => producer.close() };
  },
  async openTransactions({ bootstrap, topic }) {
    const producer = new Producer({
      clientId: "bench",
      bootstrapBrokers: [bootstrap],
      transactionalId: freshName("bench"),
      idempotent: true,
      // Left out, it sends 0 and 0, which fences every other producer id.
      producerId: -1n,
      producerEpoch: -1,
    });
    return {
      async transact(payloads) {
        const transaction = await producer.beginTransaction();
        await transaction.send({ messages: payloads.map((value) => ({ topic, value })), acks: ACKS_ALL });
        await transaction.commit();
      },
      close: () => producer.close(),
    };
  },
};
