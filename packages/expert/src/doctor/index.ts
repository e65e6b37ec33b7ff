export { type ClusterObservation, glanceAtGroups, observeCluster, observeInSlices, type PastLooks } from "./cluster-observation.ts";
export { clusterRules } from "./cluster-rules.ts";
export type { ClusterRule } from "./cluster-rule.ts";
export type { Consequence, DoctorFinding, DoctorReport } from "./doctor-report.ts";
export { doctorMetrics } from "./doctor-metrics.ts";
export { examineCluster, examineInSlices, type ExamineOptions } from "./examine-cluster.ts";
export { HARMS, type Harm } from "./harm.ts";
export { AuthorizerLogReader } from "../security/read-authorizer-log.ts";
export { readCredentials } from "../security/read-credentials.ts";
