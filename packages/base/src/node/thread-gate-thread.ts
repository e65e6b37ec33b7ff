// The thread of a test: holds what must not be left in the middle, again and again.
import { workerData } from "node:worker_threads";
import { ThreadGate } from "./thread-gate.ts";

const { memory, seen } = workerData as { readonly memory: SharedArrayBuffer; readonly seen: SharedArrayBuffer };
const gate = ThreadGate.of(memory);
const [BEGUN, ENDED] = [0, 1];
const counts = new Int32Array(seen);

for (;;) {
  gate.during(() => {
    Atomics.add(counts, BEGUN, 1);
    gate.during(() => {
      const endMs = performance.now() + 0.2;
      while (performance.now() < endMs);
    });
    Atomics.add(counts, ENDED, 1);
    Atomics.notify(counts, ENDED);
  });
}
