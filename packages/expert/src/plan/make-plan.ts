import type { ClusterChange } from "./cluster-change.ts";
import type { Observed } from "./observed.ts";
import { PLAN_VERSION, type Plan, type PlanStep, type WantedChange } from "./plan.ts";

/** A change with what was seen of its things. */
export interface SeenChange extends WantedChange {
  readonly before: Observed;
}

const VERIFY_WITHIN_S = 60;
/** A replica of a disk's size takes that long. */
const MOVE_WITHIN_S = 86_400;

/** Where and when a plan is made. */
export interface PlanOrigin {
  readonly clusterId: string | undefined;
  /** Ms since the epoch. */
  readonly nowMs: number;
}

/** A plan of changes that are in order already; see `orderChanges`. */
export function makePlan(changes: readonly SeenChange[], { clusterId, nowMs }: PlanOrigin): Plan {
  return {
    version: PLAN_VERSION,
    clusterId: clusterId ?? null,
    madeAt: new Date(nowMs).toISOString(),
    steps: changes.map(({ change, before, rule, reason }, i) => {
      const step = {
        id: String(i + 1),
        ...(rule !== undefined && { rule }),
        ...(reason !== undefined && { reason }),
        change,
        before,
        verifyWithinS: verifyWithinS(change),
      };
      // What was seen belongs to its change; the pair's type cannot follow two values.
      return step as unknown as PlanStep;
    }),
  };
}

function verifyWithinS({ kind }: ClusterChange): number {
  return kind === "reassign" ? MOVE_WITHIN_S : VERIFY_WITHIN_S;
}
