import assert from "node:assert/strict";
import { test } from "node:test";
import { RecentTransactions, unseenIn } from "./recent-transactions.ts";

test("a transaction that the log showed and a query did not see is found, one that came later is not", () => {
  const recent = new RecentTransactions();
  for (const xid of [10, 11, 12]) recent.add(xid);
  const seen = recent.count;
  recent.add(13);
  assert.equal(recent.hasAny([11], seen), true);
  assert.equal(recent.hasAny([13, 14], seen), false);
  assert.equal(recent.hasAny([], seen), false);
  for (let xid = 100; xid < 70_000; xid++) recent.add(xid);
  assert.equal(recent.hasAny([11], recent.count), false);
  assert.equal(recent.hasAny([69_999], recent.count), true);
});

test("transactions that a snapshot does not see are read in 32 bits, as the log has them", () => {
  assert.deepEqual(unseenIn("10:20:10,14"), [10, 14]);
  assert.deepEqual(unseenIn("10:10:"), []);
  assert.deepEqual(unseenIn("4294967300:4294967310:4294967301"), [5]);
});
