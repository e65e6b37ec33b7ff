export { isSource } from "./source/syntax/language.ts";
export type { SourceNote } from "./source/project/source-note.ts";
export { type KafkaVersion, NEWEST_VERSION } from "./catalogue/settings-catalogue.ts";
export { evaluateGroup, type GroupStatus, type GroupVerdict } from "./lag/evaluate-group.ts";
export { evaluatePartition, type PartitionEvidence, type PartitionStatus, type PartitionVerdict } from "./lag/evaluate-partition.ts";
export { explainByMetrics } from "./lag/explain-by-metrics.ts";
export { explainLag } from "./lag/explain-lag.ts";
export { type GroupObservation, lagOf, observe, type ObservedPartition } from "./lag/group-observation.ts";
export { type GroupSample, partitionName, type SampledMember, type SampledPartition } from "./lag/group-sample.ts";
export type { LagCause, LagCauseId, LagExplanation } from "./lag/lag-cause.ts";
export { consumersToDrain, drainTimeS, type LagRates, lossDeadlineS, ratePerS } from "./lag/lag-forecast.ts";
export { lagMetrics } from "./lag/lag-metrics.ts";
export { type LagReport, type PartitionReport, reportLag, reportLagInSlices } from "./lag/lag-report.ts";
export {
  type CommitSample,
  EMPTY_HISTORY,
  type EndSample,
  type PartitionHistory,
  recordCommit,
  recordEnd,
} from "./lag/partition-history.ts";
export { timeLagMs } from "./lag/time-lag.ts";
export type { Confidence, Finding, NotChecked, SettingFix, Severity } from "./lint/finding.ts";
export { type FixedFile, fixFile, type Unmended, whyUnmended } from "./lint/fix/fix-file.ts";
export { hideSecrets } from "./lint/fix/hide-secrets.ts";
export { fixProperties } from "./lint/fix/fix-properties.ts";
export { type LintOptions, lintDocument } from "./lint/judge-file.ts";
export { EMPTY_CONFIG, type LintConfig, readLintConfig } from "./lint/lint-config.ts";
export type { LintedFile } from "./lint/lint-file.ts";
export { judgeFile } from "./lint/judge-file.ts";
export { judgeDeployment } from "./lint/judge-deployment.ts";
export { judgeProject, type ProjectFile } from "./lint/judge-project.ts";
export { lintFiles } from "./lint/lint-files.ts";
export { isReadable, readFile as readLintFile } from "./lint/read/read-file.ts";
export { readProgramsTogether } from "./lint/read/read-program.ts";
export { countOf, type ReadFile, type SourceFile, settingsOnly, unreadable } from "./lint/read/source-file.ts";
export { sarifLog } from "./lint/sarif.ts";
export { isLoopback, remedyFor } from "./probe/remedy.ts";
export { RUNGS, type RungFailure, type RungName, type RungResult, type RungState } from "./probe/rung.ts";
export { printBytes, printNumber, printSeconds } from "./quantity/print-quantity.ts";
export type { Profile, RuleExample, RuleFacts, SettingsRule } from "./rules/rule.ts";
export { printVersions } from "./rules/rule.ts";
export { ruleById, rules, whyByHand } from "./rules/rule-catalogue.ts";
