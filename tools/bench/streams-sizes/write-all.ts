import type { Client, ProducerRecord } from "@ottla/client";

const NOBODY = { onAcknowledged() {}, onFailed() {} };

/** Writes so many records as fast as they are taken; resolves when all are there. */
export async function writeAll(client: Client, count: number, record: (number: number) => ProducerRecord): Promise<void> {
  const producer = client.producer();
  for (let number = 0; number < count; number++) {
    const room = producer.enqueueFor(NOBODY, record(number));
    if (room !== undefined) await room;
  }
  await producer.close();
}
