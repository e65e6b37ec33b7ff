export { type ApplyConsent, type ApplyListener, applyPlan, checkCluster, lookAtStep, type StepOutcome } from "./apply-plan.ts";
export type { ApplyWorld } from "./change-actions.ts";
export { type DrawnPlan, drawUpPlan, type UnplannedChange } from "./draw-up-plan.ts";
export { lockForApply } from "./apply-lock.ts";
export { Journal, type StepProgress } from "./journal.ts";
export { stepsToUndo, type UndoListener, type UndoOutcome, undoPlan } from "./undo-plan.ts";
