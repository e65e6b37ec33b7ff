import type { ClusterRule } from "./cluster-rule.ts";
import { balanceRules } from "./rules/balance-rules.ts";
import { accessUseRules } from "./rules/access-use-rules.ts";
import { brokerConfigRules } from "./rules/broker-config-rules.ts";
import { brokerLiveRules } from "./rules/broker-rules.ts";
import { certificateRules } from "./rules/certificate-rules.ts";
import { clientLoadRules } from "./rules/client-load-rules.ts";
import { connectorRules } from "./rules/connector-rules.ts";
import { groupLagRules } from "./rules/group-lag-rules.ts";
import { groupShapeRules } from "./rules/group-shape-rules.ts";
import { loadRules } from "./rules/load-rules.ts";
import { partitionRules } from "./rules/partition-rules.ts";
import { recordSampleRules } from "./rules/record-sample-rules.ts";
import { registryLiveRules } from "./rules/registry-live-rules.ts";
import { securityLiveRules } from "./rules/security-rules.ts";
import { streamsLoadRules } from "./rules/streams-load-rules.ts";
import { timestampRules } from "./rules/timestamp-rules.ts";
import { topicCopyRules } from "./rules/topic-copy-rules.ts";
import { topicLiveRules } from "./rules/topic-rules.ts";

/** Every rule over a live cluster. */
export const clusterRules: readonly ClusterRule[] = [
  ...partitionRules,
  ...brokerLiveRules,
  ...topicCopyRules,
  ...topicLiveRules,
  ...groupShapeRules,
  ...groupLagRules,
  ...balanceRules,
  ...brokerConfigRules,
  ...securityLiveRules,
  ...certificateRules,
  ...timestampRules,
  ...registryLiveRules,
  ...connectorRules,
  ...loadRules,
  ...clientLoadRules,
  ...streamsLoadRules,
  ...recordSampleRules,
  ...accessUseRules,
];
