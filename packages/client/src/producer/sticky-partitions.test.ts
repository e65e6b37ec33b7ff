import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SeededRandom } from "@ottla/base/simulated";
import type { TopicState } from "../cluster/metadata-snapshot.ts";
import { type PartitionLoad, StickyPartitions } from "./sticky-partitions.ts";

const BATCH = 1000;

function topicOf(leaders: readonly number[]): TopicState {
  const partitions = leaders.map((leader, partition) => ({
    partition,
    leader,
    leaderEpoch: 0,
    replicas: [],
    isr: [],
    offlineReplicas: [],
  }));
  return { name: "t", topicId: "", isInternal: false, errorCode: 0, partitions };
}

const idle: PartitionLoad = { pendingBatches: () => 0, hasOpenBatch: () => false, isStuck: () => false, isFar: () => false };

/** How many of `count` records of half a batch come to each partition. */
function spread(leaders: readonly number[], load: Partial<PartitionLoad>, isAdaptive = true, count = 20_000): number[] {
  const sticky = new StickyPartitions(new SeededRandom(7), { stickBytes: BATCH, isAdaptive }, { ...idle, ...load });
  const topic = topicOf(leaders);
  const counts = leaders.map(() => 0);
  for (let i = 0; i < count; i++) counts[sticky.next(topic, BATCH / 2)]!++;
  return counts.map((each) => Math.round((each / count) * 100));
}

describe("where records without a key go", () => {
  test("a batch's worth to one partition, then to another", () => {
    const sticky = new StickyPartitions(new SeededRandom(1), { stickBytes: BATCH, isAdaptive: true }, idle);
    const chosen = Array.from({ length: 12 }, () => sticky.next(topicOf([1, 1, 1]), 250));
    for (const at of [0, 4, 8]) assert.equal(new Set(chosen.slice(at, at + 4)).size, 1);
    assert.notEqual(chosen[0], chosen[4]);
    assert.notEqual(chosen[4], chosen[8]);
  });

  test("a batch that has room is filled, up to twice its share", () => {
    const sticky = new StickyPartitions(
      new SeededRandom(1),
      { stickBytes: BATCH, isAdaptive: true },
      { ...idle, hasOpenBatch: () => true },
    );
    const chosen = Array.from({ length: 9 }, () => sticky.next(topicOf([1, 1, 1]), 250));
    assert.equal(new Set(chosen.slice(0, 8)).size, 1);
    assert.notEqual(chosen[8], chosen[0]);
  });

  test("equal shares while no partition has more waiting than another", () => {
    for (const share of spread([1, 1, 1, 1], {})) assert.ok(Math.abs(share - 25) <= 2, `${share} %`);
    for (const share of spread([1, 1, 1, 1], { pendingBatches: () => 9 })) assert.ok(Math.abs(share - 25) <= 2, `${share} %`);
  });

  test("less the more batches wait, as Java weighs them: 1 of 11 beside two that are idle", () => {
    const load = { pendingBatches: (_topic: string, partition: number) => (partition === 0 ? 4 : 0) };
    const [slow, ...others] = spread([1, 1, 1], load);
    assert.ok(Math.abs(slow! - 100 / 11) <= 1, `${slow} %`);
    for (const share of others) assert.ok(Math.abs(share - 500 / 11) <= 2, `${share} %`);
    for (const share of spread([1, 1, 1], load, false)) assert.ok(Math.abs(share - 33) <= 2, `not adaptive: ${share} %`);
  });

  test("a partition without a leader gets none, one of a stuck or far broker none while there are others", () => {
    assert.deepEqual(spread([1, -1], {}), [100, 0]);
    assert.deepEqual(spread([1, 2], { isStuck: (node) => node === 1 }), [0, 100]);
    assert.deepEqual(spread([1, 2], { isFar: (node) => node === 2 }), [100, 0]);
    for (const share of spread([1, 2], { isStuck: () => true, isFar: () => true })) assert.ok(Math.abs(share - 50) <= 2);
    const near = { isFar: (node: number) => node === 2, isStuck: (node: number) => node === 1 };
    assert.deepEqual(spread([1, 2], near), [0, 100], "far is better than stuck");
  });

  test("one partition, and a topic whose leaders are all gone, still have somewhere to go", () => {
    assert.deepEqual(spread([1], {}), [100]);
    const shares = spread([-1, -1], {});
    assert.equal(shares[0]! + shares[1]!, 100);
  });
});
