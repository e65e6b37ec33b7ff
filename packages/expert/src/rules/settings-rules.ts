import { brokerRules } from "./broker-rules.ts";
import { clientRules } from "./client-rules.ts";
import { clusterShapeRules } from "./cluster-shape-rules.ts";
import { connectRules } from "./connect-rules.ts";
import { consumerRules } from "./consumer-rules.ts";
import { keyRules } from "./key-rules.ts";
import { producerRules } from "./producer-rules.ts";
import type { SettingsRule } from "./rule.ts";
import { securityRules } from "./security-rules.ts";
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
];
