import { type ConfigKey, configKey } from "@ottla/base";
import { atLeast, nonEmptyList, oneOfAnyCase } from "../validators.ts";

/** Broker settings: consumer groups. Facts: Apache Kafka 4.4.0. */
export const consumerGroupConfigKeys: readonly ConfigKey[] = [
  configKey("group.consumer.assignment.interval.ms", "int", "1000", "The least time between two assignments of a consumer group.", {
    validator: atLeast(0),
    dynamic: "cluster-wide",
  }),
  configKey(
    "group.consumer.assignor.offload.enable",
    "boolean",
    "true",
    "Whether assignments of consumer groups are worked out on a thread of their own.",
    { dynamic: "cluster-wide", internal: true, effect: "none" },
  ),
  configKey(
    "group.consumer.assignors",
    "list",
    "uniform,range",
    "The assignors offered by the broker to consumer groups, the first being the default.",
    {
      validator: nonEmptyList(),
    },
  ),
  configKey("group.consumer.heartbeat.interval.ms", "int", "5000", "How often members of a consumer group are told to send heartbeats.", {
    validator: atLeast(1),
  }),
  configKey(
    "group.consumer.max.assignment.interval.ms",
    "int",
    "15000",
    "The largest value a group may set for consumer.assignment.interval.ms.",
    {
      validator: atLeast(0),
      effect: "none",
    },
  ),
  configKey(
    "group.consumer.max.heartbeat.interval.ms",
    "int",
    "15000",
    "The largest value a group may set for consumer.heartbeat.interval.ms.",
    {
      validator: atLeast(1),
      effect: "none",
    },
  ),
  configKey("group.consumer.max.session.timeout.ms", "int", "60000", "The largest value a group may set for consumer.session.timeout.ms.", {
    validator: atLeast(1),
    effect: "none",
  }),
  configKey("group.consumer.max.size", "int", "2147483647", "How many members a consumer group may have.", {
    validator: atLeast(1),
  }),
  configKey(
    "group.consumer.migration.policy",
    "string",
    "bidirectional",
    "In which directions a group may change between the classic and the consumer protocol while it has members.",
    { validator: oneOfAnyCase("DISABLED", "DOWNGRADE", "UPGRADE", "BIDIRECTIONAL") },
  ),
  configKey(
    "group.consumer.min.assignment.interval.ms",
    "int",
    "0",
    "The smallest value a group may set for consumer.assignment.interval.ms.",
    {
      validator: atLeast(0),
      effect: "none",
    },
  ),
  configKey(
    "group.consumer.min.heartbeat.interval.ms",
    "int",
    "5000",
    "The smallest value a group may set for consumer.heartbeat.interval.ms.",
    {
      validator: atLeast(1),
      effect: "none",
    },
  ),
  configKey(
    "group.consumer.min.session.timeout.ms",
    "int",
    "45000",
    "The smallest value a group may set for consumer.session.timeout.ms.",
    {
      validator: atLeast(1),
      effect: "none",
    },
  ),
  configKey(
    "group.consumer.regex.refresh.interval.ms",
    "int",
    "600000",
    "How often the topics behind subscribed patterns are looked up again.",
    {
      validator: atLeast(10000),
      internal: true,
    },
  ),
  configKey(
    "group.consumer.session.timeout.ms",
    "int",
    "45000",
    "How long a member of a consumer group may be silent before it is removed.",
    {
      validator: atLeast(1),
    },
  ),
];
