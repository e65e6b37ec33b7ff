import { z } from "zod";
import { observeInSlices } from "../../doctor/cluster-observation.ts";
import type { DoctorReport } from "../../doctor/doctor-report.ts";
import { examineInSlices } from "../../doctor/examine-cluster.ts";
import type { WantedChange } from "../../plan/plan.ts";
import { type ToolContext, tool } from "../tool.ts";
import { clusterOf } from "./live-tool.ts";
import { drawnUp } from "./plan-tools.ts";

const only = z.array(z.string().max(20)).max(100).optional().describe("rules by id, or families such as GRP; all if nothing is said");
const profile = z
  .enum(["dev", "prod", "critical"])
  .optional()
  .describe("for whom it is judged; by the size of the cluster if nothing is said");

export const doctorTools = [
  tool({
    name: "health_check",
    title: "What is wrong?",
    description:
      "Judges one look at the cluster by every rule: findings with evidence, harm and fix, the gravest first, causes before what they bring about. What needs several looks (rates, lag shapes, rebalances) is among notChecked: lag_report and explain_lag watch.",
    kind: "live",
    input: z.object({ only, profile, minSeverity: z.enum(["error", "warning", "info"]).default("info") }),
    run: async ({ only: rules, profile: judgedAs, minSeverity }, context) => {
      const { findings, notChecked, ...report } = await examined(context, { only: rules, profile: judgedAs, minSeverity });
      return {
        data: { ...report, findings: findings.map(({ changes, ...finding }) => ({ ...finding, isMendable: changes !== undefined })) },
        observedAtMs: report.takenAtMs,
        notChecked: notChecked.map(({ subject, reason }) => `${subject}: ${reason}`),
      };
    },
  }),
  tool({
    name: "plan_fix",
    title: "Plan what mends findings",
    description:
      "A plan of the changes that mend what health_check finds by these rules. Changes nothing: answers with a plan, its digest, risks, commands and the way back. What only a person can mend is told beside it.",
    kind: "plan",
    input: z.object({ only: only.unwrap().min(1), subject: z.string().max(500).optional().describe("only findings about this"), profile }),
    run: async ({ only: rules, subject, profile: judgedAs }, context) => {
      const { findings } = await examined(context, { only: rules, profile: judgedAs, minSeverity: "info" });
      const chosen = findings.filter((finding) => subject === undefined || finding.subject === subject);
      const wanted = chosen.flatMap(({ rule, message, changes = [] }) =>
        changes.map((change): WantedChange => ({ change, rule, reason: message })),
      );
      const byHand = chosen
        .filter(({ changes }) => changes === undefined || changes.length === 0)
        .map(({ rule, subject: about, fix }) => `${rule} ${about}: a person has to do this. ${fix ?? ""}`.trim());
      return drawnUp(wanted, byHand, context);
    },
  }),
];

async function examined(
  context: ToolContext,
  {
    only: rules,
    profile: judgedAs,
    minSeverity,
  }: {
    readonly only?: readonly string[] | undefined;
    readonly profile?: "dev" | "prod" | "critical" | undefined;
    readonly minSeverity: "error" | "warning" | "info";
  },
): Promise<DoctorReport> {
  const snapshot = await clusterOf(context).snapshot(context.signal);
  const observation = await observeInSlices(undefined, snapshot, context.clock);
  return examineInSlices(observation, context.clock, {
    minSeverity,
    ...(rules && { only: rules }),
    ...(judgedAs && { profile: judgedAs }),
  });
}
