import assert from "node:assert/strict";
import { test } from "node:test";
import { QuietBroker } from "../testing/quiet-broker.ts";
import { mustWaitForTurn, takeTurn } from "./append-turns.ts";

test("while a batch is still being read no later one passes it, though those before it are done", async () => {
  await using broker = await QuietBroker.start();
  await broker.createTopic("t");
  await broker.createTopic("other");
  const partition = broker.partition("t");
  const [first, second] = [takeTurn(partition), takeTurn(partition)];
  assert.equal(first.before, undefined);
  first.done();
  await second.before;
  assert.equal(mustWaitForTurn(partition), true, "the second is being read");
  assert.equal(mustWaitForTurn(broker.partition("other")), false);
  const third = takeTurn(partition);
  assert.ok(third.before !== undefined);
  second.done();
  await third.before;
  assert.equal(mustWaitForTurn(partition), true);
  third.done();
  assert.equal(mustWaitForTurn(partition), false);
});

test("one that gives up early lets the next go on only when those before it are done", async () => {
  await using broker = await QuietBroker.start();
  await broker.createTopic("t");
  const partition = broker.partition("t");
  const [first, second, third] = [takeTurn(partition), takeTurn(partition), takeTurn(partition)];
  const order: string[] = [];
  const waits = third.before!.then(() => order.push("third"));
  second.done();
  // Whoever were let go wrongly would be so in the microtasks of this turn.
  await new Promise(setImmediate);
  order.push("first");
  first.done();
  await waits;
  third.done();
  assert.deepEqual(order, ["first", "third"]);
});

test("the last one that gives up early does not let newcomers pass those who wait before it", async () => {
  await using broker = await QuietBroker.start();
  await broker.createTopic("t");
  const partition = broker.partition("t");
  const [first, second] = [takeTurn(partition), takeTurn(partition)];
  second.done();
  assert.equal(mustWaitForTurn(partition), true, "the first is being read");
  first.done();
  await second.before;
  await new Promise(setImmediate);
  assert.equal(mustWaitForTurn(partition), false);
});
