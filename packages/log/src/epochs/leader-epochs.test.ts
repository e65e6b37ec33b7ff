import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodeLeaderEpochs, encodeLeaderEpochs } from "./leader-epoch-file.ts";
import { LeaderEpochs } from "./leader-epochs.ts";

function history(...starts: readonly (readonly [number, number])[]): LeaderEpochs {
  const epochs = new LeaderEpochs();
  for (const [epoch, startOffset] of starts) epochs.assign(epoch, startOffset);
  return epochs;
}

describe("the leader-epoch history", () => {
  it("tells where each epoch ended, for unknown ones the next known (KIP-101, KIP-279)", () => {
    const epochs = history([2, 10], [4, 20], [7, 50]);
    const answers = [-1, 0, 2, 3, 4, 5, 7, 8].map((epoch) => Object.values(epochs.endOffsetFor(epoch, 99)));
    assert.deepEqual(answers, [
      [-1, -1],
      [0, 10],
      [2, 20],
      [2, 20],
      [4, 50],
      [4, 50],
      [7, 99],
      [-1, -1],
    ]);
  });

  it("counts the leader's own epoch as begun at the end of the log", () => {
    const ends = (epochs: LeaderEpochs, leaderEpoch: number, end: number) =>
      [-7, -1, 0, 1, 3, 4].map((epoch) => Object.values(epochs.endOffsetFor(epoch, end, leaderEpoch)));
    assert.deepEqual(ends(history(), 3, 0), [
      [-7, 0],
      [-1, -1],
      [0, 0],
      [1, 0],
      [3, 0],
      [-1, -1],
    ]);
    assert.deepEqual(ends(history([1, 0]), 3, 9), [
      [-7, 0],
      [-1, -1],
      [0, 0],
      [1, 9],
      [3, 9],
      [-1, -1],
    ]);
  });

  it("forgets an epoch that wrote nothing, and never goes back", () => {
    const epochs = history([1, 0], [2, 10], [3, 10], [4, 10]);
    assert.deepEqual(epochs.starts, [
      { epoch: 1, startOffset: 0 },
      { epoch: 4, startOffset: 10 },
    ]);
    assert.equal(epochs.assign(3, 20), false);
  });

  it("forgets all before an epoch that begins where the log does", () => {
    const epochs = history([1, 0], [2, 10], [3, 20]);
    assert.equal(epochs.truncateBefore(20), true);
    assert.deepEqual(epochs.starts, [{ epoch: 3, startOffset: 20 }]);
    assert.equal(epochs.truncateBefore(20), false);
  });

  it("moves with the log's start and end", () => {
    const epochs = history([1, 0], [2, 10], [3, 20]);
    assert.equal(epochs.truncateBefore(15), true);
    assert.deepEqual(epochs.starts, [
      { epoch: 2, startOffset: 15 },
      { epoch: 3, startOffset: 20 },
    ]);
    assert.equal(epochs.truncateBefore(15), false);
    assert.equal(epochs.truncateAfter(20), true);
    assert.deepEqual(epochs.starts, [{ epoch: 2, startOffset: 15 }]);
    assert.deepEqual(
      [14, 15, 99].map((offset) => epochs.epochAt(offset)),
      [-1, 2, 2],
    );
  });

  it("is written as Kafka writes it, and nothing else is read", () => {
    const text = "0\n2\n1 0\n4 10\n";
    assert.equal(encodeLeaderEpochs(history([1, 0], [4, 10]).starts).toString(), text);
    assert.deepEqual(decodeLeaderEpochs(Buffer.from(text)), [
      { epoch: 1, startOffset: 0 },
      { epoch: 4, startOffset: 10 },
    ]);
    for (const bad of ["", "0\n", "1\n0\n", "0\n2\n1 0\n", "0\n1\n1 0", "0\n2\n1 5\n2 5\n", "0\n2\n2 5\n1 6\n", "0\n1\nx 0\n"])
      assert.equal(decodeLeaderEpochs(Buffer.from(bad)), undefined, JSON.stringify(bad));
  });
});
