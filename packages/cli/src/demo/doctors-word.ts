import { systemClock } from "@ottla/base/node";
import type { Admin } from "@ottla/client";
import { shown } from "../output.ts";

/** What the doctor says of the cluster: as a developer's, and what it would object to in production. */
export async function doctorsWord(admin: Admin, signal: AbortSignal): Promise<string> {
  const { takeSnapshot } = await import("@ottla/expert/collect");
  const { examineCluster, observeCluster } = await import("@ottla/expert/doctor");
  const observation = observeCluster(undefined, await takeSnapshot(admin, { clock: systemClock, signal }));
  const here = examineCluster(observation, { profile: "dev", minSeverity: "warning" });
  const there = examineCluster(observation, { profile: "prod", minSeverity: "warning", only: ["TOP"] });
  const [first] = here.findings;
  const now = first === undefined ? "nothing is wrong with this cluster." : `${first.message} (${first.rule})`;
  const later = there.findings.map(({ rule, message }) => ` In production it would add: ${message} (${rule})`).join("");
  return shown`\nOttla's doctor: ${now}${later}\n`;
}
