import assert from "node:assert/strict";
import { test } from "node:test";
import { AcknowledgementRounds } from "./acknowledgement-rounds.ts";

const failed = (offset: number, error: Error) => ({ topic: "t", partition: 0, offsets: [offset], error });

test("a commit waits for what was said before it, and not for what is said after, however many commits follow", async () => {
  const rounds = new AcknowledgementRounds();
  const first = rounds.begin();
  const closed: number[] = [];
  void rounds.close().then(() => closed.push(1));
  const second = rounds.begin();
  void rounds.close().then(() => closed.push(2));
  const third = rounds.begin();
  void rounds.close().then(() => closed.push(3));
  await Promise.resolve();
  rounds.settle(first, undefined);
  await new Promise(setImmediate);
  assert.deepEqual(closed, [1]);
  rounds.settle(third, undefined);
  await new Promise(setImmediate);
  assert.deepEqual(closed, [1]);
  rounds.settle(second, undefined);
  await new Promise(setImmediate);
  assert.deepEqual(closed, [1, 2, 3]);
});

test("failures since the last commit are the next one's, joined by their reason; of very many the number is kept", async () => {
  const rounds = new AcknowledgementRounds();
  const reason = new Error("gone");
  for (let offset = 0; offset < 3; offset++) rounds.settle(rounds.begin(), failed(offset, reason));
  for (let offset = 3; offset < 2003; offset++) rounds.settle(rounds.begin(), failed(offset, new Error("each its own")));
  const round = await rounds.close();
  assert.deepEqual([round.failedCount, round.failures.length, round.failures[0]!.offsets], [2003, 1000, [0, 1, 2]]);
  assert.equal((await rounds.close()).failedCount, 0);
});
