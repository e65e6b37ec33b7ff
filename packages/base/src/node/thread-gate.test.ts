import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { ThreadGate } from "./thread-gate.ts";

const ENDED = 1;

test("a thread is ended between two of what it does, never in the middle of one", async () => {
  for (let round = 0; round < 20; round++) {
    const gate = ThreadGate.make();
    const counts = new Int32Array(new SharedArrayBuffer(8));
    const thread = new Worker(new URL("./thread-gate-thread.ts", import.meta.url), {
      workerData: { memory: gate.memory, seen: counts.buffer },
    });
    await once(thread, "online");
    await Atomics.waitAsync(counts, ENDED, 0).value;
    if (round % 2 === 0) await gate.close(10_000);
    else gate.closeSync(10_000);
    const [begun, ended] = counts;
    assert.equal(begun, ended);
    await thread.terminate();
    gate.forget();
    assert.deepEqual([...counts], [begun, ended], "nothing was begun behind that");
  }
});

test("a thread that is in the middle of what does not end is waited for so long and no longer", async () => {
  const gate = ThreadGate.make();
  const inside = ThreadGate.of(gate.memory);
  inside.during(() => {
    gate.closeSync(1);
    gate.closeSync(1);
  });
  await gate.close(60_000);
  gate.forget();
});

test("what fails in the middle leaves the gate open", () => {
  const gate = ThreadGate.make();
  const inside = ThreadGate.of(gate.memory);
  assert.throws(
    () =>
      inside.during(() => {
        throw new Error("no");
      }),
    /no/,
  );
  assert.equal(
    inside.during(() => 7),
    7,
  );
  gate.forget();
});
