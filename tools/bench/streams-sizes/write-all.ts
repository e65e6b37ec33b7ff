import type { Client, ProducerRecord } from "@ottla/client";

const ROOMS_MAX = 1_000;
const NOBODY = { onAcknowledged() {}, onFailed() {} };

/** Writes so many records as fast as they are taken; resolves when all are there. */
export async function writeAll(client: Client, count: number, record: (number: number) => ProducerRecord): Promise<void> {
  const producer = client.producer();
  // Of a topic that it does not know yet it has none until it has asked: many are asked for at once.
  let rooms: Promise<void>[] = [];
  for (let number = 0; number < count; number++) {
    const room = producer.enqueueFor(NOBODY, record(number));
    if (room !== undefined) rooms.push(room);
    if (rooms.length < ROOMS_MAX) continue;
    await Promise.all(rooms);
    rooms = [];
  }
  await producer.close();
}
