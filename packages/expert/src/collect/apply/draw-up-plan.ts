import type { WantedChange, Plan } from "../../plan/plan.ts";
import { makePlan, type SeenChange } from "../../plan/make-plan.ts";
import { type Contradiction, orderChanges } from "../../plan/order-changes.ts";
import { actionsOf, isExecutable } from "./action-table.ts";
import type { ApplyWorld } from "./change-actions.ts";

/** A change that is not in the plan, and why. */
export interface UnplannedChange {
  readonly wanted: WantedChange;
  readonly reason: string;
}

/** A plan with what could not be taken into it. */
export interface DrawnPlan {
  readonly plan: Plan;
  readonly unplanned: readonly UnplannedChange[];
}

/**
 * Puts changes in order, looks at what there is of their things, and makes a plan of them. A change whose things cannot be looked at, or that contradicts a graver one, is told beside it.
 */
export async function drawUpPlan(world: ApplyWorld, wanted: readonly WantedChange[]): Promise<DrawnPlan> {
  const { changes, contradictions } = orderChanges(wanted);
  const unplanned = contradictions.map(contradiction);
  const seen: SeenChange[] = [];
  for (const one of changes) {
    world.signal.throwIfAborted();
    try {
      seen.push({ ...one, before: isExecutable(one.change) ? await actionsOf(one.change).observe(world, one.change) : {} });
    } catch (error) {
      world.signal.throwIfAborted();
      unplanned.push({ wanted: one, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  const { clusterId } = await world.admin.describeCluster();
  return { plan: makePlan(seen, { clusterId, nowMs: world.clock.nowMs() }), unplanned };
}

function contradiction({ dropped, kept, setting }: Contradiction): UnplannedChange {
  return {
    wanted: dropped,
    reason: `Another finding asks for another value of ${setting}${kept.rule === undefined ? "" : ` (${kept.rule})`}.`,
  };
}
