export { evaluateGroup, type GroupStatus, type GroupVerdict } from "./lag/evaluate-group.ts";
export { evaluatePartition, type PartitionEvidence, type PartitionStatus, type PartitionVerdict } from "./lag/evaluate-partition.ts";
export { explainLag } from "./lag/explain-lag.ts";
export { type GroupObservation, type ObservedPartition, observe } from "./lag/group-observation.ts";
export { type GroupSample, partitionName, type SampledMember, type SampledPartition } from "./lag/group-sample.ts";
export type { LagCause, LagCauseId, LagExplanation } from "./lag/lag-cause.ts";
export { consumersToDrain, drainTimeS, type LagRates, lossDeadlineS, ratePerS } from "./lag/lag-forecast.ts";
export { lagMetrics } from "./lag/lag-metrics.ts";
export { type LagReport, type PartitionReport, reportLag } from "./lag/lag-report.ts";
export {
  type CommitSample,
  EMPTY_HISTORY,
  type EndSample,
  type PartitionHistory,
  recordCommit,
  recordEnd,
} from "./lag/partition-history.ts";
export { timeLagMs } from "./lag/time-lag.ts";
export { type Dimension, EXAMPLES } from "./quantity/dimension.ts";
export { parseQuantity } from "./quantity/parse-quantity.ts";
export { printBytes, printNumber, printQuantity, printSeconds } from "./quantity/print-quantity.ts";
export {
  type Calculation,
  type Calculator,
  completeInputs,
  type Figure,
  type InputSpec,
  type InputSpecs,
  type Inputs,
} from "./size/calculator.ts";
export { calculators } from "./size/calculators.ts";
