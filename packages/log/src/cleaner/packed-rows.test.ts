import assert from "node:assert/strict";
import { it } from "node:test";
import { packAborted, packProducers, unpackAborted, unpackProducers } from "./packed-rows.ts";

it("producers and aborted transactions come out of their rows as they went in", () => {
  const aborted = [
    { producerId: 7, firstOffset: 2 ** 40, lastOffset: 2 ** 40 + 3, lastStableOffset: 2 ** 40 - 5 },
    { producerId: 2 ** 53 - 1, firstOffset: 0, lastOffset: 1, lastStableOffset: 2 },
  ];
  assert.deepEqual(unpackAborted(packAborted(aborted)), aborted);
  const producers = [
    { producerId: 7, epoch: 3, batches: [{ lastOffset: 4 }, { lastOffset: 2 ** 40 }] },
    { producerId: 8, epoch: -1, batches: [] },
  ];
  assert.deepEqual(
    [...unpackProducers(packProducers(2, producers))],
    [
      [7, { producerId: 7, epoch: 3, lastOffset: 2 ** 40 }],
      [8, { producerId: 8, epoch: -1, lastOffset: -1 }],
    ],
  );
});
