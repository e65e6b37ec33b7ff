import { type ConfigKey, configKey } from "@ottla/base";
import { atLeast } from "../validators.ts";

/** Broker settings: delegation token. Facts: Apache Kafka 4.4.0. */
export const delegationTokenConfigKeys: readonly ConfigKey[] = [
  configKey("delegation.token.expiry.check.interval.ms", "long", "3600000", "How often expired delegation tokens are looked for.", {
    validator: atLeast(1),
    importance: "low",
  }),
  configKey("delegation.token.expiry.time.ms", "long", "86400000", "How long a delegation token is valid before it must be renewed.", {
    validator: atLeast(1),
  }),
  configKey("delegation.token.max.lifetime.ms", "long", "604800000", "The age beyond which a delegation token cannot be renewed.", {
    validator: atLeast(1),
  }),
  configKey(
    "delegation.token.secret.key",
    "password",
    null,
    "The secret that delegation tokens are made and checked with; without one there are none.",
  ),
];
