import { type ConfigKey, configKey } from "@ottla/base";

/** Broker settings: plugin. Facts: Apache Kafka 4.4.0. */
export const pluginConfigKeys: readonly ConfigKey[] = [
  configKey("alter.config.policy.class.name", "class", null, "A Java class that may refuse changes of settings.", {
    importance: "low",
    effect: "none",
  }),
  configKey("authorizer.class.name", "string", "", "The authorizer; empty lets everybody do everything.", {
    importance: "low",
    effect: "none",
  }),
  configKey("create.topic.policy.class.name", "class", null, "A Java class that may refuse new topics.", {
    importance: "low",
    effect: "none",
  }),
  configKey(
    "principal.builder.class",
    "class",
    "org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder",
    "A Java class that turns a connection's login into a principal.",
    { dynamic: "per-broker", effect: "none" },
  ),
  configKey("security.providers", "string", null, "Java security providers.", { importance: "low", effect: "none" }),
];
