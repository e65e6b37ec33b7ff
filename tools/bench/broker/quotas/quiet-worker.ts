import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { createClient } from "@ottla/client";
import type { QuietTask } from "./quiet-tenant.ts";

const EVERY_MS = 5;
const WARM_UP = 100;
const { bootstrap, topic, seconds } = workerData as QuietTask;
const client = createClient({ bootstrapServers: bootstrap, clientId: "quiet" });
const producer = client.producer({ acks: 1, lingerMs: 0 });
const value = Buffer.alloc(100, "q");
for (let at = 0; at < WARM_UP; at++) await producer.send({ topic, value });
const tookMs: number[] = [];
const endMs = performance.now() + seconds * 1000;
while (performance.now() < endMs) {
  const beganMs = performance.now();
  await producer.send({ topic, value });
  tookMs.push(performance.now() - beganMs);
  await sleep(EVERY_MS);
}
tookMs.sort((a, b) => a - b);
await client.close();
parentPort!.postMessage(tookMs[Math.ceil(tookMs.length * 0.99) - 1] ?? 0);
