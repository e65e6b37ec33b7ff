import { type ConfigKey, configKey } from "@ottla/base";

/** Broker settings: plugin. Facts: Apache Kafka 4.4.0. */
export const pluginConfigKeys: readonly ConfigKey[] = [
  configKey("alter.config.policy.class.name", "class", null, "A Java class that may refuse changes of settings.", {
    importance: "low",
    effect: "none",
  }),
  configKey(
    "allow.everyone.if.no.acl.found",
    "boolean",
    "false",
    "Whether everybody may do everything to resources that no ACL concerns. Of Kafka's StandardAuthorizer.",
    { internal: true },
  ),
  configKey(
    "authorizer.class.name",
    "string",
    "",
    "The authorizer: org.apache.kafka.metadata.authorizer.StandardAuthorizer for ACLs; empty lets everybody do everything.",
    { importance: "low" },
  ),
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
  configKey("super.users", "string", "", "Who may do everything, whatever ACLs say: User:alice;User:bob. Of Kafka's StandardAuthorizer.", {
    internal: true,
  }),
  configKey("security.providers", "string", null, "Java security providers.", { importance: "low", effect: "none" }),
];
