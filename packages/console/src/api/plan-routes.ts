import { changeSchema } from "@ottla/expert/plan";
import { Hono } from "hono";
import { z } from "zod";
import { serviceChangeSchema } from "../actions/service-change.ts";
import type { ConsoleContext } from "./console-context.ts";

/** More than a person looks through. */
const CHANGES_MAX = 200;
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
export function planRoutes({ desk, watch }: ConsoleContext) {
  return new Hono()
    .get("/plans", (c) => c.json({ plans: desk.all() }))
    .post("/plans", async (c) => {
      watch.touch();
      const { changes } = previewShape.parse(await c.req.json());
      return c.json(await desk.preview(changes, AbortSignal.timeout(PREVIEW_WITHIN_MS)), 201);
    })
    .post("/plans/:plan/apply", async (c) => {
      const { digest, agreed } = applyShape.parse(await c.req.json());
      return c.json(await desk.apply(c.req.param("plan"), digest, agreed));
    })
    .post("/plans/:plan/stop", (c) => c.json(desk.stopPlan(c.req.param("plan"))))
    .post("/plans/:plan/undo", async (c) => {
      const { digest } = undoShape.parse(await c.req.json());
      return c.json(await desk.undo(c.req.param("plan"), digest));
    });
}
