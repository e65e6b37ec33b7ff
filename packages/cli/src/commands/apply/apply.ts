import { type DirectoryLock, OttlaError } from "@ottla/base";
import { nodeDisk, systemClock } from "@ottla/base/node";
import { type ApplyWorld, applyPlan, checkCluster, Journal, lookAtStep, stepsToUndo, undoPlan } from "@ottla/expert/apply";
import { type Plan, PlanError, type PlanStep } from "@ottla/expert/plan";
import { type CommandContext, type RunCommand, UsageError } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { askConsent } from "./consent.ts";
import { ApplyReport } from "./apply-report.ts";
import { lockCluster } from "./lock-cluster.ts";
import { readPlanFile } from "./read-plan-file.ts";

export const apply: RunCommand = async (context) => {
  const { options, positionals, signal } = context;
  const isUndo = options.has("undo");
  if (isUndo && options.has("resume")) throw new UsageError("--undo goes on by itself where it was interrupted; leave out --resume.");
  if (isUndo && options.has("dry-run")) throw new UsageError("--undo and --dry-run exclude each other.");
  const path = positionals[0]!;
  const { plan, digest } = readPlanFile(path, options.has("accept-edited"));
  return withClient(
    context,
    async (client) => {
      const world: ApplyWorld = { admin: client.admin(), clock: systemClock, signal };
      const report = new ApplyReport(context, digest, plan);
      if (options.has("dry-run")) return dryRun(world, plan, report);
      const journal = await Journal.open(nodeDisk, `${path}.journal`, digest, () => systemClock.nowMs());
      let lock: DirectoryLock | undefined;
      try {
        const { clusterId } = await world.admin.describeCluster({ signal });
        if (clusterId !== undefined) lock = lockCluster(clusterId);
        return await (isUndo ? undo(world, plan, journal, report) : carryOut(context, world, plan, journal, report));
      } finally {
        lock?.release();
        journal.close();
      }
    },
    // What was begun is noted and waited for.
    "inTime",
  );
};

async function carryOut(context: CommandContext, world: ApplyWorld, plan: Plan, journal: Journal, report: ApplyReport): Promise<0 | 1> {
  const isBegun = plan.steps.some(({ id }) => journal.progressOf(id) !== "untouched");
  const isOver = plan.steps.every(({ id, change }) => change.kind === "manual" || ["done", "already"].includes(journal.progressOf(id)));
  if (isBegun && !isOver && !context.options.has("resume"))
    throw new PlanError(
      "PLAN_JOURNAL",
      "The plan was begun before, and not ended: give --resume to go on, or --undo to take back what was done.",
    );
  const open = plan.steps.filter(({ id, change }) => change.kind !== "manual" && !["done", "already"].includes(journal.progressOf(id)));
  report.start(open.length);
  const highRisk = open.length === 0 ? new Set<string>() : await askConsent(context, open);
  if (highRisk === undefined) return report.declined();
  return report.end(() => applyPlan(world, plan, journal, { highRisk }, report.listener()));
}

async function undo(world: ApplyWorld, plan: Plan, journal: Journal, report: ApplyReport): Promise<0 | 1> {
  report.start(stepsToUndo(plan, journal).length);
  return report.end(() => undoPlan(world, plan, journal, report.undoListener()));
}

async function dryRun(world: ApplyWorld, plan: Plan, report: ApplyReport): Promise<0 | 1> {
  report.start(plan.steps.length);
  return report.end(async () => {
    await checkCluster(world, plan);
    for (const step of plan.steps) {
      world.signal.throwIfAborted();
      report.looked(step, await lookOnce(world, step));
    }
  });
}

async function lookOnce(world: ApplyWorld, step: PlanStep): Promise<Awaited<ReturnType<typeof lookAtStep>> | OttlaError> {
  try {
    return await lookAtStep(world, step);
  } catch (error) {
    if (error instanceof OttlaError && !world.signal.aborted) return error;
    throw error;
  }
}
