import { brokerRules } from "./broker-rules.ts";
import { clientRules } from "./client-rules.ts";
import { clusterShapeRules } from "./cluster-shape-rules.ts";
import { connectRules } from "./connect-rules.ts";
import { consumerRules } from "./consumer-rules.ts";
import { dependencyRules } from "./dependency-rules.ts";
import { keyRules } from "./key-rules.ts";
import { producerRules } from "./producer-rules.ts";
import { alertRulesOverFiles } from "./alert-rules.ts";
import { aclRules } from "./acl-rules.ts";
import { exposureRules } from "./exposure-rules.ts";
import { mirrorRules } from "./mirror-rules.ts";
import { quotaRules } from "./quota-rules.ts";
import { registryRules } from "./registry-rules.ts";
import { resourceRules } from "./resource-rules.ts";
import { retentionRules } from "./retention-rules.ts";
import { topicRules } from "./topic-rules.ts";
import type { SettingsRule } from "./rule.ts";
import { securityRules } from "./security-rules.ts";
import { statementRules } from "./statement-rules.ts";
import { streamsRules } from "./streams-rules.ts";

/** Every rule over settings. */
export const settingsRules: readonly SettingsRule[] = [
  ...keyRules,
  ...brokerRules,
  ...clusterShapeRules,
  ...clientRules,
  ...producerRules,
  ...consumerRules,
  ...streamsRules,
  ...connectRules,
  ...securityRules,
  ...aclRules,
  ...exposureRules,
  ...mirrorRules,
  ...dependencyRules,
  ...quotaRules,
  ...registryRules,
  ...resourceRules,
  ...retentionRules,
  ...topicRules,
  ...statementRules,
  ...alertRulesOverFiles,
];
