import { OttlaError } from "@ottla/base";

/**
 * `PLAN_UNREADABLE`: the file is no plan. `PLAN_EDITED`: it was changed after it was made. `PLAN_OTHER_CLUSTER`: it was made for another cluster. `PLAN_STALE`: what it was made for is not there any
 * more. `PLAN_UNSAFE`: a step may not be made now. `PLAN_NOT_DONE`: a step was made, and what it asks for did not come in time. `PLAN_JOURNAL`: its journal does not fit. `PLAN_IN_USE`: another process carries it out, or
 * another plan on the same cluster.
 */
export type PlanErrorCode =
  | "PLAN_UNREADABLE"
  | "PLAN_EDITED"
  | "PLAN_OTHER_CLUSTER"
  | "PLAN_STALE"
  | "PLAN_UNSAFE"
  | "PLAN_NOT_DONE"
  | "PLAN_JOURNAL"
  | "PLAN_IN_USE";

/** Why a plan is not carried out, or not further. */
export class PlanError extends OttlaError {
  override readonly name = "PlanError";
  override readonly code: PlanErrorCode;

  constructor(code: PlanErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(code, message, options);
    this.code = code;
  }
}
