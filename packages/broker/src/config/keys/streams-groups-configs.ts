import { type ConfigKey, configKey } from "@ottla/base";
import { atLeast } from "../validators.ts";

/** Broker settings: streams groups. Facts: Apache Kafka 4.3.1. */
export const streamsGroupConfigKeys: readonly ConfigKey[] = [
  configKey("group.streams.assignment.interval.ms", "int", "1000", "The least time between two assignments of a streams group.", {
    validator: atLeast(0),
    dynamic: "cluster-wide",
    effect: "none",
  }),
  configKey("group.streams.heartbeat.interval.ms", "int", "5000", "How often members of a streams group are told to send heartbeats.", {
    validator: atLeast(1),
    effect: "none",
  }),
  configKey(
    "group.streams.initial.rebalance.delay.ms",
    "int",
    "3000",
    "How long a new streams group waits for more members before its first assignment.",
    {
      validator: atLeast(0),
      effect: "none",
    },
  ),
  configKey(
    "group.streams.max.assignment.interval.ms",
    "int",
    "15000",
    "The largest value a group may set for streams.assignment.interval.ms.",
    {
      validator: atLeast(0),
      effect: "none",
    },
  ),
  configKey(
    "group.streams.max.heartbeat.interval.ms",
    "int",
    "15000",
    "The largest value a group may set for streams.heartbeat.interval.ms.",
    {
      validator: atLeast(1),
      effect: "none",
    },
  ),
  configKey("group.streams.max.session.timeout.ms", "int", "60000", "The largest value a group may set for streams.session.timeout.ms.", {
    validator: atLeast(1),
    effect: "none",
  }),
  configKey("group.streams.max.size", "int", "2147483647", "How many members a streams group may have.", {
    validator: atLeast(1),
    effect: "none",
  }),
  configKey("group.streams.max.standby.replicas", "int", "2", "The largest value a group may set for streams.num.standby.replicas.", {
    validator: atLeast(0),
    effect: "none",
  }),
  configKey(
    "group.streams.min.assignment.interval.ms",
    "int",
    "0",
    "The smallest value a group may set for streams.assignment.interval.ms.",
    {
      validator: atLeast(0),
      effect: "none",
    },
  ),
  configKey(
    "group.streams.min.heartbeat.interval.ms",
    "int",
    "5000",
    "The smallest value a group may set for streams.heartbeat.interval.ms.",
    {
      validator: atLeast(1),
      effect: "none",
    },
  ),
  configKey("group.streams.min.session.timeout.ms", "int", "45000", "The smallest value a group may set for streams.session.timeout.ms.", {
    validator: atLeast(1),
    effect: "none",
  }),
  configKey("group.streams.num.standby.replicas", "int", "0", "How many warm copies of each task's state a streams group keeps.", {
    validator: atLeast(0),
    effect: "none",
  }),
  configKey(
    "group.streams.session.timeout.ms",
    "int",
    "45000",
    "How long a member of a streams group may be silent before it is removed.",
    {
      validator: atLeast(1),
      effect: "none",
    },
  ),
];
