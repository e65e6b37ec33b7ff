import { changeSchema } from "@ottla/expert/plan";
import { Hono } from "hono";
import { z } from "zod";
import { roleOfPreview } from "../access/rights.ts";
import { requireRole, visitorOf } from "../access/visitor.ts";
import type { PlanView } from "../actions/plan-view.ts";
import { serviceChangeSchema } from "../actions/service-change.ts";
import type { ConsoleContext } from "./console-context.ts";

/** More than a person looks through. */
const CHANGES_MAX = 200;
const STEPS_TOLD_MAX = 20;
const PREVIEW_WITHIN_MS = 20_000;

const previewShape = z.strictObject({
  changes: z
    .array(z.union([serviceChangeSchema, changeSchema]))
    .min(1)
    .max(CHANGES_MAX),
});
const applyShape = z.strictObject({ digest: z.string().max(200), agreed: z.array(z.string().max(1_000)).max(CHANGES_MAX).default([]) });
const undoShape = z.strictObject({ digest: z.string().max(200) });

/** Changes of the cluster: previewed, carried out, taken back. */
export function planRoutes({ desk, watch, audit }: ConsoleContext) {
  return new Hono()
    .get("/plans", async (c) => {
      await watch.seen();
      const clusterId = watch.brokers.cluster?.clusterId;
      if (clusterId) await desk.recall(clusterId);
      return c.json({ plans: desk.all() });
    })
    .post("/plans", async (c) => {
      watch.touch();
      const { changes } = previewShape.parse(await c.req.json());
      for (const change of changes) requireRole(visitorOf(c), roleOfPreview(change), "To try a connector's settings out");
      const view = await desk.preview(changes, AbortSignal.timeout(PREVIEW_WITHIN_MS));
      audit.note(c, toldOf(view));
      return c.json(view, 201);
    })
    .post("/plans/:plan/apply", async (c) => {
      const { digest, agreed } = applyShape.parse(await c.req.json());
      const planId = c.req.param("plan");
      await audit.beginLong(c, toldOf(desk.all().find((each) => each.planId === planId)));
      return c.json(await desk.apply(planId, digest, agreed, visitorOf(c)));
    })
    .post("/plans/:plan/stop", (c) => c.json(desk.stopPlan(c.req.param("plan"), visitorOf(c))))
    .post("/plans/:plan/undo", async (c) => {
      const { digest } = undoShape.parse(await c.req.json());
      const planId = c.req.param("plan");
      await audit.beginLong(c, toldOf(desk.all().find((each) => each.planId === planId)));
      return c.json(await desk.undo(planId, digest, visitorOf(c)));
    });
}

/** What the audit says of a plan. */
function toldOf(plan: PlanView | undefined): Readonly<Record<string, unknown>> {
  if (plan === undefined) return {};
  const { planId, digest, steps } = plan;
  return {
    plan: planId,
    digest,
    steps: steps.slice(0, STEPS_TOLD_MAX).map(({ sentence }) => sentence.slice(0, 300)),
    ...(steps.length > STEPS_TOLD_MAX && { stepCount: steps.length }),
  };
}
