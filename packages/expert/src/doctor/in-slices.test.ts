import assert from "node:assert/strict";
import { test } from "node:test";
import { TimeSlice } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { observeInSlices } from "./cluster-observation.ts";
import { examineCluster, examineInSlices } from "./examine-cluster.ts";
import { exampleCluster, exampleGroup, exampleTopic, look } from "./example-cluster.ts";
import { atOnce, inSlices } from "./in-slices.ts";

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
