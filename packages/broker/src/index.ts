export { checkStartUpProperties, type StartUpReport } from "./config/start-up-properties.ts";
export type { ProcessView } from "./metrics/broker-families.ts";
export type { BrokerHealth } from "./metrics/broker-health.ts";
export type { LoadProgress } from "./partitions/partition-table.ts";
export { type BrokerSeams, type RunningBroker, startBroker } from "./start-broker.ts";
export { type BrokerOptions, developmentSettings } from "./start-options.ts";
