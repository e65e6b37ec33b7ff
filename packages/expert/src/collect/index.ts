export { ClientClusterAccess, type JournalPlace, type LookBesides } from "./access/access-cluster.ts";
export type { BegunPlan } from "./access/begun-plans.ts";
export type { StepProgress } from "./apply/journal.ts";
export { climbLadder, type ProbeOptions, type Reach } from "./climb-ladder.ts";
export { glanceUntil } from "./glance-until.ts";
export { PARTIAL_GROUPS } from "./listed-groups.ts";
export { readCertificate } from "./read-certificate.ts";
export { connectorsReader } from "./read-connectors.ts";
export { type MetricsPage, metricsPage } from "./read-metrics.ts";
export { recordSampler } from "./records/sample-records.ts";
export { registryReader } from "./read-registry.ts";
export {
  type GroupFailure,
  type GroupPositions,
  type GroupSamples,
  type LookOptions,
  readPositions,
  requestsOfGroups,
  sampleGroups,
  type UnseenPartition,
} from "./sample-groups.ts";
export type { DescribedGroup } from "./streams-positions.ts";
export { type WatchedGroups, type WatchOptions, watchGroups } from "./watch-groups.ts";
export { LOOK_PARTS, type SnapshotOptions, takeSnapshot } from "./snapshot/take-snapshot.ts";
export { readMetrics } from "./snapshot/collect-metrics.ts";
