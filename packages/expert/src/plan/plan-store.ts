import { randomBytes } from "node:crypto";
import { OttlaError } from "@ottla/base";
import type { Plan } from "./plan.ts";
import { digestOf } from "./plan-digest.ts";

/** How many plans a server keeps; the oldest goes. */
export const PLANS_MAX = 100;
/** A plan is about a cluster as it was seen; after that time it has to be made again. */
export const PLAN_LIFETIME_MS = 30 * 60_000;

/** A plan that a server made, and what became of it. */
export interface StoredPlan {
  readonly planId: string;
  readonly plan: Plan;
  readonly digest: string;
  readonly madeAtMs: number;
  state: "waiting" | "running" | "done" | "failed";
  /** What came of it, a line a step. */
  readonly progress: string[];
}

/** Plans of this server, in memory: those who call can apply only what was made here. */
export class PlanStore {
  readonly #plans = new Map<string, StoredPlan>();

  add(plan: Plan, nowMs: number): StoredPlan {
    for (const [id, { madeAtMs, state }] of this.#plans)
      if (state !== "running" && ((state === "waiting" && nowMs - madeAtMs > PLAN_LIFETIME_MS) || this.#plans.size >= PLANS_MAX))
        this.#plans.delete(id);
    if (this.#plans.size >= PLANS_MAX) throw new OttlaError("TOO_MANY_PLANS", `${PLANS_MAX} plans are running; wait until one is done.`);
    return this.#keep({
      planId: `plan-${randomBytes(6).toString("hex")}`,
      plan,
      digest: digestOf(plan),
      madeAtMs: nowMs,
      state: "waiting",
      progress: [],
    });
  }

  /** A plan that was begun before this server was; only where there is room, and nothing of it is known. */
  restore(plan: Plan, state: "done" | "failed", progress: readonly string[]): void {
    const digest = digestOf(plan);
    if (this.#plans.size >= PLANS_MAX || this.all().some((each) => each.digest === digest)) return;
    this.#keep({
      planId: `plan-${randomBytes(6).toString("hex")}`,
      plan,
      digest,
      madeAtMs: Date.parse(plan.madeAt),
      state,
      progress: [...progress],
    });
  }

  #keep(stored: StoredPlan): StoredPlan {
    this.#plans.set(stored.planId, stored);
    return stored;
  }

  all(): readonly StoredPlan[] {
    return [...this.#plans.values()];
  }

  /** Errors: `UNKNOWN_PLAN`, also for one that is too old. */
  get(planId: string, nowMs: number): StoredPlan {
    const stored = this.#plans.get(planId);
    if (!stored) throw new OttlaError("UNKNOWN_PLAN", `There is no plan ${planId} in this server; make it again.`);
    if (stored.state === "waiting" && nowMs - stored.madeAtMs > PLAN_LIFETIME_MS)
      throw new OttlaError(
        "UNKNOWN_PLAN",
        `The plan ${planId} is older than ${PLAN_LIFETIME_MS / 60_000} minutes; make it again, since the cluster may have changed.`,
      );
    return stored;
  }
}
