import assert from "node:assert/strict";
import { test } from "node:test";
import type { DeliveryListener } from "@ottla/client";
import { HeldRecords } from "./held-records.ts";

const listener = (): DeliveryListener => ({ onAcknowledged() {}, onFailed() {} });

test("records are held as they were, in their order, until there are too many", () => {
  const held = new HeldRecords(1_000);
  const lent = Buffer.from("a");
  const [sink, store] = [listener(), listener()];
  held.add(sink, { topic: "out", key: lent, value: lent, timestamp: 7, headers: [{ key: "h", value: lent }] });
  // What they were made of is used again.
  lent[0] = "b".charCodeAt(0);
  held.add(store, { topic: "log", partition: 3, key: lent, value: null, headers: [] });
  lent[0] = "c".charCodeAt(0);
  const given: unknown[] = [];
  held.giveTo((...each) => void given.push(each));
  const [a, b] = [Buffer.from("a"), Buffer.from("b")];
  assert.deepEqual(given, [
    [sink, { topic: "out", key: a, value: a, timestamp: 7, headers: [{ key: "h", value: a }] }],
    [store, { topic: "log", partition: 3, key: b, value: null, headers: [] }],
  ]);
  assert.deepEqual([held.count, held.isFull], [2, false]);
  held.add(sink, { topic: "out", key: null, value: Buffer.alloc(1_000), headers: [] });
  assert.equal(held.isFull, true);
});
