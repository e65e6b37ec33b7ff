import { Hono } from "hono";
import type { ConsoleContext } from "./console-context.ts";

/** What the doctor says of the cluster. */
export function findingRoutes({ doctor, watch }: ConsoleContext) {
  return new Hono().get("/findings", async (c) => {
    watch.touch();
    const isAnew = c.req.query("anew") === "true";
    // What is there is told at once: a large cluster is examined for seconds.
    const { report, isRenewing } = (isAnew ? undefined : doctor.known) ?? { report: await doctor.report(isAnew), isRenewing: false };
    const { findings, notChecked, verdict, profile, takenAtMs, looks, cluster } = report;
    return c.json({ verdict, profile, takenAtMs, looks, cluster, findings, notChecked, isRenewing });
  });
}
