import { writeFile } from "node:fs/promises";
import { OttlaError } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import type { Admin } from "@ottla/client";
import { drawUpPlan } from "@ottla/expert/apply";
import type { DoctorReport } from "@ottla/expert/doctor";
import { commandLine, type KafkaTools, printPlan } from "@ottla/expert/plan";
import type { CommandContext } from "../../command.ts";
import { shown } from "../../output.ts";

/**
 * Writes a plan of all changes that the findings ask for, to a file that is not there yet. What is said about it goes to standard error, so that the report stays what it is.
 * Errors: `PLAN_UNWRITABLE`.
 */
export async function writePlan(
  context: CommandContext,
  admin: Admin,
  report: DoctorReport,
  path: string,
  tools: KafkaTools,
): Promise<void> {
  const { stderr, signal } = context;
  const wanted = report.findings.flatMap(({ rule, message, changes = [] }) => changes.map((change) => ({ change, rule, reason: message })));
  if (wanted.length === 0) {
    stderr.write(shown`Nothing that was found can be mended by a plan; ${path} was not written.\n`);
    return;
  }
  const { plan, unplanned } = await drawUpPlan({ admin, clock: systemClock, signal }, wanted);
  try {
    await writeFile(path, printPlan(plan, tools), { flag: "wx" });
  } catch (error) {
    const isThere = error instanceof Error && "code" in error && error.code === "EEXIST";
    const why = isThere ? "it is there already; name another file" : error instanceof Error ? error.message : String(error);
    throw new OttlaError("PLAN_UNWRITABLE", `The plan ${path} cannot be written: ${why}.`, { cause: error });
  }
  for (const { wanted: one, reason } of unplanned) stderr.write(shown`Not planned for ${one.rule ?? "a finding"}: ${reason}\n`);
  const manual = plan.steps.filter(({ change }) => change.kind === "manual").length;
  const left = manual === 0 ? "" : `, ${manual} of them for a human`;
  stderr.write(
    shown`Wrote ${path}: ${plan.steps.length} ${plan.steps.length === 1 ? "step" : "steps"}${left}. Read it; then: ${commandLine(["ottla", "apply", path, "--dry-run"])}\n`,
  );
}
