export { type Action, actionNames, runAction } from "./actions.ts";
export { ControlledBroker, type ControlledDeps, START } from "./controlled-broker.ts";
export { Fault, type FaultHit } from "../pipeline/faults/fault.ts";
export type { ApiName, FaultHooks, FaultMatch, FaultReply, FaultReport, FaultSpec, SeenRequest } from "../pipeline/faults/fault-spec.ts";
export { apiKeyOf } from "../pipeline/faults/read-fault-spec.ts";
export { FaultTable } from "../pipeline/faults/fault-table.ts";
export { planStart, type StartPlan } from "../start-options.ts";
