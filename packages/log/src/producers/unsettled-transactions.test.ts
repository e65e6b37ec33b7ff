import assert from "node:assert/strict";
import { it } from "node:test";
import { UnsettledTransactions } from "./unsettled-transactions.ts";

it("transactions whose markers are not safe yet count from the oldest, in whatever order they ended", () => {
  const unsettled = new UnsettledTransactions();
  unsettled.add({ firstOffset: 5, lastOffset: 8 }, 3);
  unsettled.add({ firstOffset: 2, lastOffset: 9 }, 3);
  assert.equal(unsettled.firstOffset(3), 2);
  assert.equal(unsettled.firstOffset(8), 2, "the first marker is at the high watermark, not below it");
  assert.equal(unsettled.firstOffset(9), 2);
  assert.equal(unsettled.firstOffset(10), -1);
});
