// A process that ends, by its own word, while a thread of its writes.
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { ThreadGate } from "@ottla/base/node";

const gate = ThreadGate.make();
const thread = new Worker(new URL("./writing-thread.ts", import.meta.url), { workerData: { memory: gate.memory, path: process.argv[2] } });
await once(thread, "message");
process.exit(7);
