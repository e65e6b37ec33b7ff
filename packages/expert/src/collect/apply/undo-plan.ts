import { inverseOf, isDone, isMadeInParts, obstacleTo, stillFits } from "../../plan/change-kinds.ts";
import type { Plan, PlanStep } from "../../plan/plan.ts";
import { PlanError } from "../../plan/plan-error.ts";
import { actionsOf, isExecutable } from "./action-table.ts";
import { checkCluster } from "./apply-plan.ts";
import type { ApplyWorld } from "./change-actions.ts";
import type { Journal } from "./journal.ts";
import { waitUntilDone } from "./wait-until-done.ts";

/** `undone`: it is as it was before; `noWayBack`: it was done and cannot be taken back. */
export type UndoOutcome = "undone" | "noWayBack";

/** What is told while a plan is taken back. */
export interface UndoListener {
  readonly begun: (step: PlanStep) => void;
  readonly progress: (step: PlanStep, text: string) => void;
  readonly ended: (step: PlanStep, outcome: UndoOutcome) => void;
}

/** The steps that were done or begun, the last first. What was there already is not ours to take back. */
export function stepsToUndo(plan: Plan, journal: Journal): readonly PlanStep[] {
  const ours = plan.steps.filter(({ id }) => ["begun", "done", "undoBegun"].includes(journal.progressOf(id)));
  return ours.toReversed();
}

/**
 * Takes back what its journal says was done of a plan, in reverse order. A step without a way back is told and passed over; one whose things somebody has changed meanwhile ends it. Errors as those of
 * `applyPlan`; after each of them the same call goes on.
 */
export async function undoPlan(world: ApplyWorld, plan: Plan, journal: Journal, listener: UndoListener): Promise<void> {
  await checkCluster(world, plan);
  for (const step of stepsToUndo(plan, journal)) {
    world.signal.throwIfAborted();
    listener.begun(step);
    listener.ended(step, await undoStep(world, step, journal, listener));
  }
}

async function undoStep(world: ApplyWorld, step: PlanStep, journal: Journal, listener: UndoListener): Promise<UndoOutcome> {
  const { id, change, before } = step;
  if (!isExecutable(change)) return "undone";
  const actions = actionsOf(change);
  const now = await actions.observe(world, change);
  const memo = journal.memoOf(id);
  const isAsBefore = !isMadeInParts(change) && stillFits(change, before, now);
  const inverse = inverseOf(change, before as never);
  if (inverse === undefined && !isAsBefore) return "noWayBack";
  if (journal.progressOf(id) === "done" && !isAsBefore && !isDone(change, now as never))
    throw new PlanError(
      "PLAN_STALE",
      `Step ${id} is not taken back: somebody has changed the same since it was done. Now there is ${JSON.stringify(now)}.`,
    );
  await journal.note({ event: "undoBegin", step: id });
  if (!isAsBefore)
    for (const each of inverse ?? []) {
      if (!isExecutable(each)) continue;
      const back = actionsOf(each);
      const seen = await back.observe(world, each);
      if (isDone(each, seen as never)) continue;
      // A move that goes on is turned round, and needs no pause for that.
      const obstacle = each.kind === "reassign" ? undefined : obstacleTo(each, seen);
      if (obstacle !== undefined) throw new PlanError("PLAN_UNSAFE", `Step ${id} may not be taken back now. ${obstacle}`);
      await back.carryOut(world, each, each.kind === "reassign" ? memo : undefined);
      await waitUntilDone(world, each, step.verifyWithinS, (text) => listener.progress(step, text));
    }
  if (memo) await actions.finish?.(world, memo);
  await journal.note({ event: "undone", step: id });
  return "undone";
}
