import assert from "node:assert/strict";
import { test } from "node:test";
import { type GroupObservation, observe, reportLag } from "@ottla/expert";
import { allPartitions, groupView, mostBehind } from "./group-view.ts";

/** A group of so many partitions, each one more behind than the one before, read by two members. */
function group(partitions: number): GroupObservation {
  return observe(undefined, {
    groupId: "g",
    timeMs: 1_000,
    state: "Stable",
    members: ["a", "b"].map((memberId) => ({ memberId, clientId: memberId, clientHost: "/h" })),
    partitions: Array.from({ length: partitions }, (_, partition) => ({
      topic: "t",
      partition,
      logStartOffset: 0,
      lastStableOffset: partition,
      highWatermark: partition,
      committed: 0,
      memberId: partition % 2 === 0 ? "a" : "b",
    })),
  });
}

test("of a group with very many partitions the page has those that are most behind, and how many each member reads", () => {
  const observation = group(50_000);
  const report = reportLag(observation);
  const view = groupView(observation, report);
  assert.deepEqual(
    view.lag.partitions.map(({ lag }) => lag),
    Array.from({ length: 500 }, (_, i) => 49_999 - i),
  );
  assert.equal(view.lag.partitionCount, 50_000);
  assert.deepEqual(
    view.members.map(({ memberId, reads }) => `${memberId} ${reads.count} ${reads.first.length}`),
    ["a 25000 20", "b 25000 20"],
  );
  assert.equal(groupView(observation, report), view, "it is made once of a look");
  assert.equal(allPartitions(report).length, 20_000);
});

test("partitions that are equally behind are cut where there are too many", () => {
  const { partitions } = reportLag(group(10));
  const equal = partitions.map((each) => ({ ...each, lag: 7 }));
  assert.equal(mostBehind(equal, 3).length, 3);
  const some = [...equal, { ...equal[0]!, lag: 9 }, { ...equal[0]!, lag: undefined }];
  assert.deepEqual(
    mostBehind(some, 2).map(({ lag }) => lag),
    [9, 7],
  );
  assert.equal(mostBehind([], 3).length, 0);
});
