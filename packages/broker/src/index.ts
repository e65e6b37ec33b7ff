export { checkStartUpProperties, type StartUpReport } from "./config/start-up-properties.ts";
export type { LoadProgress } from "./partitions/partition-table.ts";
export { type BrokerSeams, type RunningBroker, startBroker } from "./start-broker.ts";
export { type BrokerOptions, developmentSettings } from "./start-options.ts";
