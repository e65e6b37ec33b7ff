export { APPROVAL_LIFETIME_MS, type Approvals } from "./approvals.ts";
export type { ClusterAccess, RecordRequest, SampledRecord } from "./cluster-access.ts";
export { expertServer, type ExpertServerOptions } from "./expert-server.ts";
export { PlanStore, type StoredPlan } from "../plan/plan-store.ts";
export { prompts } from "./prompts.ts";
export type { ExpertTool, ServerLimits, ToolKind } from "./tool.ts";
export { CALLS_AT_ONCE, RunningCalls } from "./running-calls.ts";
export { planFacts } from "./tools/plan-tools.ts";
export { allTools, toolsFor } from "./tools/tools.ts";
