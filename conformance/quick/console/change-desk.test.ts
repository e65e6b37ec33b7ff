import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock } from "@ottla/base/simulated";
import type { ChangeKind, Plan } from "@ottla/expert/plan";
import { SAMPLE_CHANGES } from "../../../packages/expert/src/plan/testing/sample-changes.ts";
import { CHANGE_ROLES } from "../../../packages/console/src/access/rights.ts";
import type { Role } from "@ottla/base";
import { Timeline } from "../../../packages/console/src/watch/timeline.ts";
import { ChangeDesk } from "../../../packages/console/src/actions/change-desk.ts";

const ROLES: readonly Role[] = ["viewer", "operator", "admin"];

/** Who may make each change of the sample: what the guide promises. */
const MAY: Readonly<Record<ChangeKind, Role>> = {
  config: "operator",
  createTopic: "operator",
  deleteTopic: "admin",
  addPartitions: "operator",
  reassign: "admin",
  cancelReassignment: "admin",
  electLeaders: "operator",
  removeThrottles: "operator",
  setGroupOffsets: "operator",
  deleteGroupOffsets: "operator",
  setShareGroupOffsets: "operator",
  deleteShareGroupOffsets: "operator",
  deleteGroup: "admin",
  abortTransaction: "admin",
  addAcls: "admin",
  removeAcls: "admin",
  setQuota: "admin",
  upgradeFeature: "admin",
  manual: "operator",
};

/** A desk over a cluster that notes what it was told to do. */
function desk(readOnly: boolean) {
  const clock = new SimulatedClock();
  const done: string[] = [];
  const note = (what: string) => (plan: Plan) => {
    done.push(`${what} ${plan.steps.map(({ change }) => change.kind).join(" ")}`);
    return Promise.resolve();
  };
  return {
    done,
    desk: new ChangeDesk({
      access: {
        drawUp: (wanted) => {
          const steps = wanted.map(({ change }, i) => ({ ...SAMPLE_CHANGES[change.kind], id: String(i + 1), verifyWithinS: 10 }));
          return Promise.resolve({ plan: { version: 1, clusterId: null, madeAt: "2026-01-01T00:00:00Z", steps }, unplanned: [] });
        },
        apply: note("apply"),
        undo: note("undo"),
        begunPlans: () => Promise.resolve([]),
      },
      clock,
      timeline: new Timeline(),
      readOnly,
      services: { client: undefined as never, clock, registry: undefined, connect: undefined },
      onChanged: () => {},
    }),
  };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "done",
    (error: { readonly code: string }) => error.code,
  );
}

test("every kind of change is carried out and taken back by the roles that may, and by nobody where the console only reads", async () => {
  for (const [kind, { change }] of Object.entries(SAMPLE_CHANGES) as [ChangeKind, (typeof SAMPLE_CHANGES)[ChangeKind]][])
    for (const role of ROLES)
      for (const readOnly of [false, true]) {
        const { desk: changes, done } = desk(readOnly);
        const plan = await changes.preview([change], AbortSignal.timeout(1_000));
        const agreed = plan.steps.map(({ subject }) => subject);
        const isAllowed = ROLES.indexOf(role) >= ROLES.indexOf(MAY[kind]);
        const expected = readOnly ? "READ_ONLY" : isAllowed ? "done" : "ROLE_NEEDED";
        const by = { name: "x", role };
        assert.equal(await codeOf(changes.apply(plan.planId, plan.digest, agreed, by)), expected, `${role} applies ${kind}`);
        if (!isAllowed || readOnly) assert.deepEqual(done, [], `${role}, ${kind}: nothing was done`);
        // Somebody may have carried it out before: who may not does not take it back either.
        if (!readOnly && !isAllowed) await changes.apply(plan.planId, plan.digest, agreed, { name: "y", role: "admin" });
        assert.equal(await codeOf(changes.undo(plan.planId, plan.digest, by)), expected, `${role} takes back ${kind}`);
        assert.equal(done.filter((each) => each.startsWith("undo")).length, Number(expected === "done"));
      }
});

test("a dangerous change is carried out by who types its name alone, and a plan that was not shown by nobody", async () => {
  for (const { change } of Object.values(SAMPLE_CHANGES)) {
    const { desk: changes, done } = desk(false);
    const plan = await changes.preview([change], AbortSignal.timeout(1_000));
    const isHigh = plan.steps[0]!.risk === "high";
    const by = { name: "x", role: "admin" } as const;
    assert.equal(await codeOf(changes.apply(plan.planId, "another", [plan.steps[0]!.subject], by)), "PLAN_CHANGED");
    assert.deepEqual(done, []);
    assert.equal(await codeOf(changes.apply(plan.planId, plan.digest, ["another name"], by)), isHigh ? "NOT_AGREED" : "done", change.kind);
    assert.equal(done.length, Number(!isHigh));
  }
});

test("the table of roles has no kind that the guide does not know", () => {
  for (const [kind, role] of Object.entries(MAY)) assert.equal(CHANGE_ROLES[kind as ChangeKind], role);
});
