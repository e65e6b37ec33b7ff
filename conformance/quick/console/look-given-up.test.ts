import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { systemClock } from "@ottla/base/node";
import { LOOK_PARTS, takeSnapshot } from "@ottla/expert/collect";
import { startKafka } from "@ottla/testing";

test("a look that is given up while any of its parts is seen ends, and leaves nothing behind that fails by itself", async () => {
  await using kafka = await startKafka({ topics: { orders: 3, payments: 1 } });
  const admin = kafka.client().admin();
  await admin.alterGroupOffsets("billing", [{ topic: "orders", partition: 0, offset: 0 }]);
  for (const given of LOOK_PARTS) {
    const ending = new AbortController();
    let isSeen = false;
    const look = takeSnapshot(admin, {
      clock: systemClock,
      signal: ending.signal,
      onPart: (part) => {
        if (part !== given) return;
        isSeen = true;
        ending.abort();
      },
    });
    // It may have been all but done; what fails besides fails this test.
    await look.catch(() => {});
    assert.equal(isSeen, true, given);
  }
  const ending = new AbortController();
  const look = takeSnapshot(admin, { clock: systemClock, signal: ending.signal });
  ending.abort();
  await assert.rejects(look);
  for (let turn = 0; turn < 20; turn++) await nextTurn();
});
