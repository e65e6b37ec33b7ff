import { type ConfigKey, configKey } from "@ottla/base";
import { atLeast, nonEmptyList } from "../validators.ts";

/** Broker settings: classic groups. Facts: Apache Kafka 4.4.0. */
export const classicGroupConfigKeys: readonly ConfigKey[] = [
  configKey(
    "group.coordinator.append.linger.ms",
    "int",
    "-1",
    "How long the coordinator gathers records before it writes them; −1 lets it adapt.",
    {
      validator: atLeast(-1),
      effect: "none",
    },
  ),
  configKey(
    "group.coordinator.background.threads",
    "int",
    "2",
    "Threads for the coordinator's side work, such as matching topic patterns.",
    {
      validator: atLeast(1),
      importance: "high",
      effect: "none",
    },
  ),
  configKey(
    "group.coordinator.cached.buffer.max.bytes",
    "int",
    "1048588",
    "The largest write buffer the coordinator keeps for the next write.",
    {
      validator: atLeast(524288),
      dynamic: "cluster-wide",
      effect: "none",
    },
  ),
  configKey(
    "group.coordinator.rebalance.protocols",
    "list",
    "classic,consumer,streams",
    "Which group protocols are served; deprecated in Kafka, where the features of the cluster decide.",
    { validator: nonEmptyList("consumer", "classic", "share", "streams") },
  ),
  configKey("group.coordinator.threads", "int", "4", "Threads that serve group requests. Ottla runs groups on its event loop.", {
    validator: atLeast(1),
    importance: "high",
    effect: "none",
  }),
  configKey("group.initial.rebalance.delay.ms", "int", "3000", "How long a new group waits for more members before its first rebalance."),
  configKey("group.max.session.timeout.ms", "int", "1800000", "The longest session timeout a member of a classic group may ask for."),
  configKey("group.max.size", "int", "2147483647", "How many members a classic group may have; one more gets GROUP_MAX_SIZE_REACHED.", {
    validator: atLeast(1),
  }),
  configKey("group.min.session.timeout.ms", "int", "6000", "The shortest session timeout a member of a classic group may ask for."),
];
