import { waitUntil } from "../process/wait-until.ts";
import { makeKafkajs } from "./kafkajs-client.ts";
import { uniqueName } from "./unique-name.ts";

/** Reads until the last value has come; only what is committed, unless told otherwise. */
export async function readUntil(topic: string, last: string, readUncommitted = false): Promise<string[]> {
  const kafka = makeKafkajs();
  const consumer = kafka.consumer({ groupId: uniqueName("reader"), sessionTimeout: 6_000, maxWaitTimeInMs: 100, readUncommitted });
  const read: string[] = [];
  await consumer.connect();
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({ eachMessage: async ({ message }) => void read.push(String(message.value)) });
    await waitUntil(`${last} of ${topic} is read`, () => read.includes(last));
  } finally {
    await consumer.disconnect();
  }
  return read;
}
