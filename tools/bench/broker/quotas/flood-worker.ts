import { parentPort, workerData } from "node:worker_threads";
import { createClient } from "@ottla/client";
import type { FloodTask } from "./flood.ts";

const RECORD_BYTES = 10_000;
const { bootstrap, topic, clients, clientId, what } = workerData as FloodTask;
const value = Buffer.alloc(RECORD_BYTES, "x");
let bytes = 0;

async function produce(partition: number): Promise<void> {
  const producer = createClient({ bootstrapServers: bootstrap, clientId }).producer({ acks: 1, lingerMs: 0, batchSizeBytes: 100_000 });
  for (;;) {
    await Promise.all(Array.from({ length: 5 }, () => producer.send({ topic, partition, value })));
    bytes += 5 * RECORD_BYTES;
  }
}

async function fetchAll(partition: number): Promise<void> {
  const consumer = createClient({ bootstrapServers: bootstrap, clientId }).consumer({
    maxPartitionFetchBytes: 200_000,
    fetchMaxBytes: 200_000,
  });
  const at = { topic, partition };
  consumer.assign([at]);
  for (;;) {
    let read = 0;
    for (const batch of await consumer.poll(500)) for (const record of batch) read += record.value?.length ?? 0;
    bytes += read;
    // From the beginning again, so that a little is enough; not while an answer is only late, which counts all the same.
    if (read === 0 && consumer.currentLag(at) === 0) consumer.seekToBeginning();
  }
}

for (let at = 0; at < clients; at++)
  void (what === "produce" ? produce(at) : fetchAll(at)).catch((error: unknown) => {
    throw error;
  });
parentPort!.on("message", () => parentPort!.postMessage(bytes));
parentPort!.postMessage(0);
