import assert from "node:assert/strict";
import { test } from "node:test";
import type { OpenCall } from "./open-call.ts";
import { WaitingCalls } from "./waiting-calls.ts";

test("calls are served in their order, also while others come", () => {
  const waiting = new WaitingCalls();
  const served: number[] = [];
  for (let sequence = 0; sequence < 1_000; sequence++) {
    waiting.add({ sequence } as OpenCall);
    if (sequence % 4 > 0) served.push(waiting.take()?.sequence ?? -1);
  }
  for (let call = waiting.take(); call !== undefined; call = waiting.take()) served.push(call.sequence);
  assert.deepEqual(
    served,
    Array.from({ length: 1_000 }, (_, i) => i),
  );
});
