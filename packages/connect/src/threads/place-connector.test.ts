import assert from "node:assert/strict";
import { test } from "node:test";
import { placeConnector, type ThreadView, type ThreadWish } from "./place-connector.ts";

const shared = (id: number, connectors: readonly string[], utilization = 0): ThreadView => ({
  id,
  isOwn: false,
  memoryMb: 512,
  connectors: new Set(connectors),
  utilization,
});
const own = (id: number, ...connectors: readonly string[]): ThreadView => ({ ...shared(id, connectors), isOwn: true });
const wish = (connector: string, isOwn = false, memoryMb = 512): ThreadWish => ({ connector, isOwn, memoryMb });

test("connectors that come along share one thread as long as it has time", () => {
  assert.deepEqual(placeConnector(wish("a"), [], 4), { make: { isOwn: false, memoryMb: 512 } });
  assert.deepEqual(placeConnector(wish("b"), [shared(1, ["a"]), own(2, "x")], 4), { use: 1 });
  assert.deepEqual(placeConnector(wish("b"), [shared(1, ["a"], 0.9)], 4), { make: { isOwn: false, memoryMb: 512 } });
  assert.deepEqual(placeConnector(wish("a"), [shared(1, ["b"]), shared(2, ["a"], 0.9)], 4), { use: 2 }, "all of a connector's run on one");
  assert.deepEqual(placeConnector(wish("b"), [shared(1, ["a", "c"], 0.9), shared(2, ["d"], 0.9)], 2), { use: 2 });
});

test("one that wants a thread has it, and beyond the most that may be made comes to where the fewest are", () => {
  assert.deepEqual(placeConnector(wish("a", true), [shared(1, ["b"]), own(2, "c")], 4), { make: { isOwn: true, memoryMb: 512 } });
  assert.deepEqual(placeConnector(wish("a", true), [own(1, "b"), own(2, "a")], 4), { use: 2 });
  assert.deepEqual(placeConnector(wish("a", true), [own(1)], 4), { use: 1 }, "one that is kept for a while");
  assert.deepEqual(placeConnector(wish("a", true, 64), [own(1)], 4), { make: { isOwn: true, memoryMb: 64 } }, "with its own bound");
  assert.deepEqual(placeConnector(wish("a", true), [shared(3, []), own(1, "b", "c"), own(2, "d")], 3), { use: 2 });
  assert.deepEqual(placeConnector(wish("a", true), [shared(1, ["b"])], 1), { use: 1 }, "and to the shared one where there is no other");
  assert.deepEqual(placeConnector(wish("a"), [own(1, "b")], 1), { use: 1 });
});
