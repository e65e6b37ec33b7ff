// The thread of a test: writes transactions of some ms without an end.
import { parentPort, workerData } from "node:worker_threads";
import { nodeDisk, ThreadGate } from "@ottla/base/node";
import { LmdbEnvironment } from "../lmdb-environment.ts";
import { endedThrough } from "../uninterrupted.ts";

const { memory, path } = workerData as { readonly memory: SharedArrayBuffer; readonly path: string };
endedThrough(ThreadGate.of(memory));
const environment = LmdbEnvironment.open(nodeDisk, path, 1);
const database = environment.database("store");

for (let i = 0; ; i++) {
  environment.transaction(() => {
    const endMs = performance.now() + 3;
    do database.put(Buffer.from(`key-${i}`), Buffer.from("value"), i);
    while (performance.now() < endMs);
  }, false);
  if (i === 0) parentPort!.postMessage("writes");
}
