import type { ClusterChange, StoredPlan } from "@ottla/expert/plan";
import type { Role } from "@ottla/base";
import type { ServiceChange } from "./service-change.ts";

/** What is told of one step of a plan. */
export interface StepView {
  readonly id: string;
  readonly subject: string;
  readonly sentence: string;
  readonly risk: "low" | "high";
  readonly why: string | undefined;
  /** Who may carry it out. */
  readonly needs: Role;
  readonly before: unknown;
  readonly change: ClusterChange | ServiceChange;
  /** The same with Kafka's own tools, or as calls of the service. */
  readonly commands: readonly string[];
}

/** What is told of a plan. */
export interface PlanView {
  readonly planId: string;
  readonly digest: string;
  readonly state: StoredPlan["state"];
  /** Whether, where it failed, what is left of it can be carried out. */
  readonly goesOn: boolean;
  readonly madeAtMs: number;
  readonly steps: readonly StepView[];
  /** Changes that could not be planned, and why. */
  readonly unplanned: readonly string[];
  /** A line a step, while it is carried out. */
  readonly progress: readonly string[];
}
