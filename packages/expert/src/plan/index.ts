export {
  CHANGE_KINDS,
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
export type { Observed, ObservedOf } from "./observed.ts";
