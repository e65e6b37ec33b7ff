import type { DoctorReport } from "@ottla/expert/doctor";
import { Hono } from "hono";
import type { ConsoleContext } from "./console-context.ts";

/** More than a person looks through, and a page draws: of a hundred thousand topics there may be a hundred thousand. */
const FINDINGS_SHOWN_MAX = 500;

/** What the doctor says of the cluster. */
export function findingRoutes({ doctor, watch }: ConsoleContext) {
  return (
    new Hono()
      // Who goes waits no more: an examination that nobody waits for is given up.
      .get("/findings", async (c) => {
        watch.touch();
        const isAnew = c.req.query("anew") === "true";
        // What is there is told at once: a large cluster is examined for seconds.
        const known = isAnew ? undefined : doctor.known;
        const { report, isRenewing } = known ?? { report: await doctor.report(isAnew, c.req.raw.signal), isRenewing: false };
        return c.json({ ...shown(report), isRenewing });
      })
      // At once, and begins nothing: what was found before, and how far it is with what is found now.
      .get("/findings/known", (c) => {
        watch.touch();
        const { last, isFresh, isExamining, progress } = doctor;
        return c.json({ report: last === undefined ? null : shown(last), isFresh, isExamining, progress: progress ?? null });
      })
  );
}

function shown({ findings, notChecked, verdict, profile, takenAtMs, looks, cluster }: DoctorReport) {
  return {
    verdict,
    profile,
    takenAtMs,
    looks,
    cluster,
    findings: findings.slice(0, FINDINGS_SHOWN_MAX),
    found: findings.length,
    notChecked,
  };
}
