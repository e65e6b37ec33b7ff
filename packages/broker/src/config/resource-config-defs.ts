import { ConfigDef } from "@ottla/base";
import { clientMetricsConfigKeys } from "./keys/client-metrics-configs.ts";
import { groupConfigKeys } from "./keys/group-configs.ts";
import { schemaConfigKeys } from "./keys/schema-configs.ts";
import { topicConfigKeys } from "./keys/topic-configs.ts";

/** Every topic setting of Apache Kafka 4.4. */
export const topicConfigDef: ConfigDef = new ConfigDef([...topicConfigKeys, ...schemaConfigKeys]);

/** Every group setting of Apache Kafka 4.4 (resource type GROUP, KIP-848 and later). */
export const groupConfigDef: ConfigDef = new ConfigDef(groupConfigKeys);

/** Every setting of a client metrics subscription (resource type CLIENT_METRICS, KIP-714). */
export const clientMetricsConfigDef: ConfigDef = new ConfigDef(clientMetricsConfigKeys);
