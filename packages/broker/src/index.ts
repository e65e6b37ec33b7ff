export { type BrokerDeps, type BrokerOptions, type RunningBroker, startBroker } from "./broker.ts";
export type { BrokerState } from "./broker-state.ts";
export { readStartUpProperties, type StartUpProperties } from "./config/start-up-properties.ts";
export type { LoadProgress } from "./partitions/partition-table.ts";
