import { ConfigDef } from "@ottla/base";
import { classicGroupConfigKeys } from "./keys/classic-groups-configs.ts";
import { cleanerConfigKeys } from "./keys/cleaner-configs.ts";
import { consumerGroupConfigKeys } from "./keys/consumer-groups-configs.ts";
import { delegationTokenConfigKeys } from "./keys/delegation-token-configs.ts";
import { kerberosConfigKeys } from "./keys/kerberos-configs.ts";
import { kraftConfigKeys } from "./keys/kraft-configs.ts";
import { logConfigKeys } from "./keys/log-configs.ts";
import { metricsConfigKeys } from "./keys/metrics-configs.ts";
import { networkConfigKeys } from "./keys/network-configs.ts";
import { oauthConfigKeys } from "./keys/oauth-configs.ts";
import { offsetsConfigKeys } from "./keys/offsets-configs.ts";
import { ottlaConfigKeys } from "./keys/ottla-configs.ts";
import { pluginConfigKeys } from "./keys/plugin-configs.ts";
import { purgatoryConfigKeys } from "./keys/purgatory-configs.ts";
import { quotaConfigKeys } from "./keys/quota-configs.ts";
import { remoteLogConfigKeys } from "./keys/remote-log-configs.ts";
import { replicationConfigKeys } from "./keys/replication-configs.ts";
import { saslConfigKeys } from "./keys/sasl-configs.ts";
import { serverConfigKeys } from "./keys/server-configs.ts";
import { shareGroupConfigKeys } from "./keys/share-groups-configs.ts";
import { sslConfigKeys } from "./keys/ssl-configs.ts";
import { streamsGroupConfigKeys } from "./keys/streams-groups-configs.ts";
import { topicDefaultsConfigKeys } from "./keys/topic-defaults-configs.ts";
import { transactionConfigKeys } from "./keys/transaction-configs.ts";

/** Every broker setting of Apache Kafka 4.4, and those that Ottla adds under `ottla.`. */
export const brokerConfigDef: ConfigDef = new ConfigDef([
  ...classicGroupConfigKeys,
  ...cleanerConfigKeys,
  ...consumerGroupConfigKeys,
  ...delegationTokenConfigKeys,
  ...kerberosConfigKeys,
  ...kraftConfigKeys,
  ...logConfigKeys,
  ...metricsConfigKeys,
  ...networkConfigKeys,
  ...oauthConfigKeys,
  ...offsetsConfigKeys,
  ...ottlaConfigKeys,
  ...pluginConfigKeys,
  ...purgatoryConfigKeys,
  ...quotaConfigKeys,
  ...remoteLogConfigKeys,
  ...replicationConfigKeys,
  ...saslConfigKeys,
  ...serverConfigKeys,
  ...shareGroupConfigKeys,
  ...sslConfigKeys,
  ...streamsGroupConfigKeys,
  ...topicDefaultsConfigKeys,
  ...transactionConfigKeys,
]);
