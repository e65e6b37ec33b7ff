import { isDone, isMadeInParts, obstacleTo, riskOf, sentenceOf, stillFits } from "../../plan/change-kinds.ts";
import type { Plan, PlanStep } from "../../plan/plan.ts";
import { PlanError } from "../../plan/plan-error.ts";
import { actionsOf, type ExecutableChange, isExecutable } from "./action-table.ts";
import type { ApplyWorld, ChangeMemo } from "./change-actions.ts";
import type { Journal } from "./journal.ts";
import { waitUntilDone } from "./wait-until-done.ts";

/** What became of a step. `already`: the cluster shows it without our doing; `left`: only a human can do it. */
export type StepOutcome = "done" | "already" | "left";

/** What is told while a plan is carried out. */
export interface ApplyListener {
  readonly begun: (step: PlanStep) => void;
  readonly progress: (step: PlanStep, text: string) => void;
  readonly ended: (step: PlanStep, outcome: StepOutcome) => void;
}

/** What a plan may do. */
export interface ApplyConsent {
  /** Steps of the high risk class that somebody has agreed to, by id. */
  readonly highRisk: ReadonlySet<string>;
}

/**
 * Carries out a plan from where its journal stands. Each step is looked at again, noted, made, and looked at until it can be seen to be done; the first that cannot be made ends it, and nothing behind it is
 * touched. Errors: `PLAN_OTHER_CLUSTER`, `PLAN_STALE`, `PLAN_UNSAFE`, `PLAN_NOT_DONE`, the brokers' own, the signal's reason; after each of them the same call goes on.
 */
export async function applyPlan(
  world: ApplyWorld,
  plan: Plan,
  journal: Journal,
  consent: ApplyConsent,
  listener: ApplyListener,
): Promise<void> {
  await checkCluster(world, plan);
  for (const { id, change, before } of plan.steps)
    if (journal.progressOf(id) === "untouched" && riskOf(change, before).class === "high" && !consent.highRisk.has(id))
      throw new PlanError("PLAN_UNSAFE", `Step ${id} is of high risk, and nobody has agreed to it: ${sentenceOf(change)}`);
  for (const step of plan.steps) {
    world.signal.throwIfAborted();
    listener.ended(step, await carryOutStep(world, step, journal, listener));
  }
}

async function carryOutStep(world: ApplyWorld, step: PlanStep, journal: Journal, listener: ApplyListener): Promise<StepOutcome> {
  const { id, change } = step;
  const progress = journal.progressOf(id);
  if (!isExecutable(change)) return "left";
  if (progress === "done" || progress === "already") return progress;
  if (progress === "undoBegun") throw new PlanError("PLAN_JOURNAL", `Step ${id} is being undone: end that first.`);
  const actions = actionsOf(change);
  const now = await actions.observe(world, change);
  if (progress === "untouched") {
    if (isDone(change, now as never)) {
      await journal.note({ event: "already", step: id });
      return "already";
    }
    checkStillRight(step, now);
    const memo = (await actions.prepare?.(world, change)) ?? {};
    await journal.note({ event: "begin", step: id, memo });
  } else if (!isDone(change, now as never) && !isMadeInParts(change) && !stillFits(change, step.before, now)) throw stale(step);
  listener.begun(step);
  await makeAndVerify(world, step, change, journal.memoOf(id), isDone(change, now as never), listener);
  await journal.note({ event: "done", step: id });
  return "done";
}

/** Makes it unless it is made, waits for it, and takes away what was there for it alone. */
async function makeAndVerify(
  world: ApplyWorld,
  step: PlanStep,
  change: ExecutableChange,
  memo: ChangeMemo | undefined,
  isMade: boolean,
  listener: ApplyListener,
): Promise<void> {
  const actions = actionsOf(change);
  try {
    if (!isMade) await actions.carryOut(world, change, memo);
  } catch (error) {
    // What was refused needs no limits any more; what goes on in the cluster all the same keeps them.
    if (memo && actions.finish) {
      const now = await actions.observe(world, change);
      if (obstacleTo(change, now) === undefined) await actions.finish(world, memo);
    }
    throw error;
  }
  await waitUntilDone(world, change, step.verifyWithinS, (text) => listener.progress(step, text));
  if (memo) await actions.finish?.(world, memo);
}

/** Looks at a step without making it; what would stop it is thrown. */
export async function lookAtStep(world: ApplyWorld, step: PlanStep): Promise<"toDo" | "already" | "left"> {
  if (!isExecutable(step.change)) return "left";
  const now = await actionsOf(step.change).observe(world, step.change);
  if (isDone(step.change, now as never)) return "already";
  checkStillRight(step, now);
  return "toDo";
}

/** Throws `PLAN_OTHER_CLUSTER` where the plan was made for another cluster than this. */
export async function checkCluster({ admin }: ApplyWorld, { clusterId }: Plan): Promise<void> {
  const { clusterId: here } = await admin.describeCluster();
  if (clusterId !== null && clusterId !== here)
    throw new PlanError(
      "PLAN_OTHER_CLUSTER",
      `The plan was made for the cluster ${clusterId}, and this is ${here ?? "one without an id"}.`,
    );
}

function checkStillRight(step: PlanStep, now: Parameters<typeof stillFits>[2]): void {
  const obstacle = obstacleTo(step.change, now);
  if (obstacle !== undefined) throw new PlanError("PLAN_UNSAFE", `Step ${step.id} may not be made now. ${obstacle}`);
  if (!stillFits(step.change, step.before, now)) throw stale(step, now);
}

function stale({ id, before }: PlanStep, now?: unknown): PlanError {
  const seen = now === undefined ? "" : ` It was planned beside ${JSON.stringify(before)}, and now there is ${JSON.stringify(now)}.`;
  return new PlanError(
    "PLAN_STALE",
    `Step ${id} does not fit any more: somebody changed the same since the plan was made. Make the plan again.${seen}`,
  );
}
