import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryDisk, SimulatedClock } from "@ottla/base/simulated";
import { digestOf } from "../../plan/plan-digest.ts";
import type { Plan } from "../../plan/plan.ts";
import { SAMPLE_CHANGES } from "../../plan/testing/sample-changes.ts";
import { Journal } from "../apply/journal.ts";
import { journalPathOf, keepPlan, readBegunPlans } from "./begun-plans.ts";

const planOf = (second: number, clusterId = "c"): Plan => ({
  version: 1,
  clusterId,
  madeAt: new Date(second * 1_000).toISOString(),
  steps: [{ ...SAMPLE_CHANGES.createTopic, id: "1", verifyWithinS: 10 }],
});

test("plans that were begun are read again, with how far they are; of more than a hundred the newest", async () => {
  const [disk, clock] = [new MemoryDisk(), new SimulatedClock()];
  const begin = async (plan: Plan, ...events: readonly ("begin" | "done" | "undoBegin" | "undone")[]): Promise<void> => {
    const path = journalPathOf("/", plan);
    const journal = await Journal.open(disk, path, digestOf(plan), () => 0);
    await keepPlan(disk, path, plan);
    for (const event of events) await journal.note(event === "begin" ? { event, step: "1", memo: {} } : { event, step: "1" });
    journal.close();
  };
  await begin(planOf(1), "begin", "done");
  await begin(planOf(2), "begin");
  await begin(planOf(3), "begin", "done", "undoBegin", "undone");
  await begin(planOf(4, "another"), "begin", "done");
  await begin(planOf(5));
  disk.replaceFile("/abc.plan.json", Buffer.from("no plan"));
  const found = await readBegunPlans(disk, "/", "c", clock);
  assert.deepEqual(
    new Map(found.map(({ plan, progress }) => [plan.madeAt, [...progress]])),
    new Map([
      [planOf(1).madeAt, [["1", "done"]]],
      [planOf(2).madeAt, [["1", "begun"]]],
    ]),
  );
  const edited = journalPathOf("/", planOf(1)).replace(/journal$/, "plan.json");
  disk.replaceFile(edited, Buffer.from(disk.readFile(edited).toString().replace("orders.dlq", "other")));
  assert.deepEqual((await readBegunPlans(disk, "/", "c", clock)).length, 1, "one that was changed is none of ours");
  for (let i = 10; i < 120; i++) await begin(planOf(i), "begin");
  assert.equal((await readBegunPlans(disk, "/", "c", clock)).length, 100);
  assert.equal(disk.list("/").filter((name) => name.endsWith(".plan.json")).length, 100);
});
