import type { StoredPlan } from "../plan/plan-store.ts";

/** How long an approval is good for. */
export const APPROVAL_LIFETIME_MS = 5 * 60_000;

/** Where a person approves a plan when the client cannot ask: a terminal of the same user. */
export interface Approvals {
  /** Lays the plan out for approval, and gives the command with which a person approves it. */
  offer(stored: StoredPlan, typed: string | undefined): Promise<string>;
  /** Takes an approval of exactly this plan, once, within {@link APPROVAL_LIFETIME_MS}; false if there is none. */
  take(stored: StoredPlan): Promise<boolean>;
}
