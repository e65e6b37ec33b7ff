import assert from "node:assert/strict";
import { test } from "node:test";
import { RecentTransactions } from "./recent-transactions.ts";

test("a transaction that the log showed and a query did not see is found, one that came later is not", () => {
  const recent = new RecentTransactions();
  for (const xid of [10, 11, 12]) recent.add(xid);
  const seen = recent.count;
  recent.add(13);
  assert.equal(recent.hasUnseen("11:20:11,14", seen), true);
  assert.equal(recent.hasUnseen("13:20:13,14", seen), false);
  assert.equal(recent.hasUnseen("20:20:", seen), false);
  // The newest that is just ending is behind xmax.
  assert.equal(recent.hasUnseen("12:12:", seen), true);
  assert.equal(recent.hasUnseen("13:13:", seen), false);
  for (let xid = 100; xid < 70_000; xid++) recent.add(xid);
  assert.equal(recent.hasUnseen("11:80000:11", recent.count), false);
  assert.equal(recent.hasUnseen("69999:69999:", recent.count), true);
});

test("transaction ids are compared in 32 bits, around their end as well", () => {
  const recent = new RecentTransactions();
  recent.add(4_294_967_290);
  recent.add(5);
  const { count } = recent;
  assert.equal(recent.hasUnseen("4294967302:4294967302:", count), false);
  assert.equal(recent.hasUnseen("4294967301:4294967310:4294967301", count), true);
  assert.equal(recent.hasUnseen("4294967301:4294967301:", count), true);
});
