import type { ChangeOf, ChangeKind, ClusterChange } from "./cluster-change.ts";
import type { ObservedOf } from "./observed.ts";

/** The only one there is. */
export const PLAN_VERSION = 1;
/** More steps than anybody reads; a step may move thousands of partitions. */
export const PLAN_STEPS_MAX = 10_000;

/** A change with what was seen of its things when it was planned. */
type ObservedChange<Kind extends ChangeKind = ChangeKind> = {
  readonly [Each in Kind]: { readonly change: ChangeOf<Each>; readonly before: ObservedOf[Each] };
}[Kind];

/** One change of a plan. */
export type PlanStep = ObservedChange & {
  /** Unique in its plan; the journal and consents name it. */
  readonly id: string;
  /** The rule that asks for it, as `TOP-02`. */
  readonly rule?: string;
  /** Why, in a sentence. */
  readonly reason?: string;
  /** How long it may take until it can be seen to be done, in seconds. */
  readonly verifyWithinS: number;
};

/**
 * Changes of one cluster in the order in which they are to be made. Plain JSON. What is written here binds: a digest over it tells whether somebody has changed it since, and `before` is looked at again
 * ahead of each step.
 */
export interface Plan {
  readonly version: typeof PLAN_VERSION;
  /** Null where the cluster tells none; then it fits every cluster. */
  readonly clusterId: string | null;
  /** ISO 8601, in UTC. */
  readonly madeAt: string;
  readonly steps: readonly PlanStep[];
}

/** A change that somebody asks for, and why. */
export interface WantedChange {
  readonly change: ClusterChange;
  readonly rule?: string;
  readonly reason?: string;
}
