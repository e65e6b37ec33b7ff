import { type ConfigKey, configKey } from "@ottla/base";
import { anyList, atLeast, nonEmptyList } from "../validators.ts";

/** Broker settings: streams groups. Facts: Apache Kafka 4.4.0. */
export const streamsGroupConfigKeys: readonly ConfigKey[] = [
  configKey(
    "group.streams.acceptable.recovery.lag",
    "long",
    "10000",
    "How many offsets a copy of a task's state may be behind to count as caught up.",
    { validator: atLeast(0), internal: true },
  ),
  configKey("group.streams.assignment.interval.ms", "int", "1000", "The least time between two assignments of a streams group.", {
    validator: atLeast(0),
    dynamic: "cluster-wide",
  }),
  configKey(
    "group.streams.assignor.offload.enable",
    "boolean",
    "true",
    "Whether assignments of streams groups are worked out on a thread of their own.",
    { dynamic: "cluster-wide", internal: true, effect: "none" },
  ),
  configKey(
    "group.streams.assignors",
    "list",
    "sticky",
    "The assignors offered by the broker to streams groups, the first being the default.",
    { validator: nonEmptyList(), effect: "none" },
  ),
  configKey("group.streams.heartbeat.interval.ms", "int", "5000", "How often members of a streams group are told to send heartbeats.", {
    validator: atLeast(1),
  }),
  configKey(
    "group.streams.initial.rebalance.delay.ms",
    "int",
    "3000",
    "How long a new streams group waits for more members before its first assignment.",
    {
      validator: atLeast(0),
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
  }),
  configKey("group.streams.max.standby.replicas", "int", "2", "The largest value a group may set for streams.num.standby.replicas.", {
    validator: atLeast(0),
    effect: "none",
  }),
  configKey("group.streams.max.warmup.replicas", "int", "20", "The largest value a group may set for streams.num.warmup.replicas.", {
    validator: atLeast(0),
    internal: true,
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
  configKey(
    "group.streams.min.task.offset.interval.ms",
    "int",
    "15000",
    "The smallest value a group may set for streams.task.offset.interval.ms.",
    { validator: atLeast(1), internal: true, effect: "none" },
  ),
  configKey("group.streams.num.standby.replicas", "int", "0", "How many warm copies of each task's state a streams group keeps.", {
    validator: atLeast(0),
  }),
  configKey(
    "group.streams.num.warmup.replicas",
    "int",
    "2",
    "How many copies of task state a streams group may bring up to date at once before tasks move.",
    { validator: atLeast(0), internal: true, effect: "none" },
  ),
  configKey(
    "group.streams.rack.aware.assignment.tags",
    "list",
    "",
    "The client tags, such as a zone, over which standby copies are spread.",
    { validator: anyList(), importance: "low" },
  ),
  configKey(
    "group.streams.session.timeout.ms",
    "int",
    "45000",
    "How long a member of a streams group may be silent before it is removed.",
    {
      validator: atLeast(1),
    },
  ),
  configKey(
    "group.streams.task.offset.interval.ms",
    "int",
    "60000",
    "How often members of a streams group report the offsets of their task state.",
    { validator: atLeast(1), internal: true },
  ),
  configKey(
    "group.streams.topology.description.plugin.class",
    "class",
    null,
    "The Java class that keeps the descriptions of topologies; none switches them off.",
    { effect: "none" },
  ),
];
