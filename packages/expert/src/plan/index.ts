export {
  CHANGE_KINDS,
  doneWhen,
  inverseOf,
  isDone,
  kafkaCommandsOf,
  ottlaCommandsOf,
  riskOf,
  sentenceOf,
  subjectOf,
} from "./change-kinds.ts";
export type { Risk, RiskClass } from "./change-rules.ts";
export type * from "./cluster-change.ts";
export { commandLine, type KafkaTools } from "./command-line.ts";
export { makePlan, type PlanOrigin, type SeenChange } from "./make-plan.ts";
export { type Contradiction, orderChanges } from "./order-changes.ts";
export { PLAN_STEPS_MAX, PLAN_VERSION, type Plan, type PlanStep, type WantedChange } from "./plan.ts";
export { digestOf } from "./plan-digest.ts";
export { PlanError, type PlanErrorCode } from "./plan-error.ts";
export { changeSchema } from "./change-schema.ts";
export { PlanStore, type StoredPlan } from "./plan-store.ts";
export { PLAN_FILE_BYTES_MAX, type PlanFile, parsePlan, planAsJson, printPlan } from "./plan-file.ts";
export type { Observed, ObservedOf } from "./observed.ts";
