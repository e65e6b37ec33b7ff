import { Hono } from "hono";
import type { ConsoleContext } from "./console-context.ts";

/** What the doctor says of the cluster. */
export function findingRoutes({ doctor, watch }: ConsoleContext) {
  return new Hono().get("/findings", async (c) => {
    watch.touch();
    const { findings, notChecked, verdict, profile, takenAtMs, looks, cluster } = await doctor.report(c.req.query("anew") === "true");
    return c.json({ verdict, profile, takenAtMs, looks, cluster, findings, notChecked });
  });
}
