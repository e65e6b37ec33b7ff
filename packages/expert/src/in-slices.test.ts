import assert from "node:assert/strict";
import { test } from "node:test";
import { TimeSlice } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { observeInSlices } from "./doctor/cluster-observation.ts";
import { examineCluster, examineInSlices } from "./doctor/examine-cluster.ts";
import { exampleCluster, exampleGroup, exampleTopic, look } from "./doctor/example-cluster.ts";
import { atOnce, inSlices, type Steps } from "./in-slices.ts";
import { observe, observing } from "./lag/group-observation.ts";
import { reportingLag } from "./lag/lag-report.ts";

test("others get their turn between steps, and what comes out is the same", async () => {
  const order: string[] = [];
  function* work() {
    for (const step of ["one", "two"]) {
      order.push(step);
      yield;
    }
    return "done";
  }
  setImmediate(() => order.push("another"));
  assert.equal(await inSlices(work(), new TimeSlice(systemClock, 0)), "done");
  assert.deepEqual(order, ["one", "another", "two"]);
  assert.equal(atOnce(work()), "done");
  const seen = { only: [exampleTopic("orders", 3, { "min.insync.replicas": "1" })], read: [exampleGroup("billing", "orders")] };
  const observed = await observeInSlices(undefined, exampleCluster(seen), systemClock);
  assert.deepEqual(await examineInSlices(observed, systemClock), examineCluster(look(seen)));
});

test("a group of many partitions is looked at and judged in steps", () => {
  const partitions = Array.from({ length: 5_000 }, (_, partition) => ({
    topic: "orders",
    partition,
    committed: 0,
    logStartOffset: 0,
    lastStableOffset: 10,
    highWatermark: 10,
    memberId: undefined,
  }));
  const stepsOf = (steps: Steps<unknown>): number => {
    let count = 0;
    while (steps.next().done !== true) count++;
    return count;
  };
  const sample = { groupId: "all", timeMs: 1_000, state: "Stable", members: [], partitions };
  assert.equal(stepsOf(observing(undefined, sample)), 10);
  assert.equal(stepsOf(reportingLag(observe(undefined, sample))), 30);
});
