import { type ConfigKey, configKey } from "@ottla/base";
import { atLeast, oneOf, shareOffsetReset } from "../validators.ts";

/** The settings of a group. Facts: Apache Kafka 4.3.1. */
export const groupConfigKeys: readonly ConfigKey[] = [
  configKey("consumer.assignment.interval.ms", "int", "1000", "The least time between two assignments of this consumer group.", {
    validator: atLeast(0),
    synonyms: [{ name: "group.consumer.assignment.interval.ms" }],
    effect: "none",
  }),
  configKey("consumer.heartbeat.interval.ms", "int", "5000", "How often members of this consumer group are told to send heartbeats.", {
    validator: atLeast(1),
    synonyms: [{ name: "group.consumer.heartbeat.interval.ms" }],
    effect: "none",
  }),
  configKey("consumer.session.timeout.ms", "int", "45000", "How long a member of this consumer group may be silent before it is removed.", {
    validator: atLeast(1),
    synonyms: [{ name: "group.consumer.session.timeout.ms" }],
    effect: "none",
  }),
  configKey("share.assignment.interval.ms", "int", "1000", "The least time between two assignments of this share group.", {
    validator: atLeast(0),
    synonyms: [{ name: "group.share.assignment.interval.ms" }],
    effect: "none",
  }),
  configKey(
    "share.auto.offset.reset",
    "string",
    "latest",
    "Where a share group starts in a partition new to it: `earliest`, `latest` or `by_duration:` with an ISO 8601 duration back from now.",
    { validator: shareOffsetReset, effect: "none" },
  ),
  configKey(
    "share.delivery.count.limit",
    "int",
    "5",
    "How often a record is offered to this share group before it counts as undeliverable.",
    {
      validator: atLeast(2),
      synonyms: [{ name: "group.share.delivery.count.limit" }],
      effect: "none",
    },
  ),
  configKey("share.heartbeat.interval.ms", "int", "5000", "How often members of this share group are told to send heartbeats.", {
    validator: atLeast(1),
    synonyms: [{ name: "group.share.heartbeat.interval.ms" }],
    effect: "none",
  }),
  configKey(
    "share.isolation.level",
    "string",
    "read_uncommitted",
    "Whether this share group also gets records of open and aborted transactions.",
    {
      validator: oneOf("read_committed", "read_uncommitted"),
      effect: "none",
    },
  ),
  configKey("share.partition.max.record.locks", "int", "2000", "How many records of one partition may be in flight to this share group.", {
    validator: atLeast(100),
    synonyms: [{ name: "group.share.partition.max.record.locks" }],
    effect: "none",
  }),
  configKey(
    "share.record.lock.duration.ms",
    "int",
    "30000",
    "How long a record handed to one member of this share group stays locked for the others.",
    {
      validator: atLeast(1000),
      synonyms: [{ name: "group.share.record.lock.duration.ms" }],
      effect: "none",
    },
  ),
  configKey(
    "share.renew.acknowledge.enable",
    "boolean",
    "true",
    "Whether members may prolong the lock of a record they are still working on.",
    {
      effect: "none",
    },
  ),
  configKey("share.session.timeout.ms", "int", "45000", "How long a member of this share group may be silent before it is removed.", {
    validator: atLeast(1),
    synonyms: [{ name: "group.share.session.timeout.ms" }],
    effect: "none",
  }),
  configKey("streams.assignment.interval.ms", "int", "1000", "The least time between two assignments of this streams group.", {
    validator: atLeast(0),
    synonyms: [{ name: "group.streams.assignment.interval.ms" }],
    effect: "none",
  }),
  configKey("streams.heartbeat.interval.ms", "int", "5000", "How often members of this streams group are told to send heartbeats.", {
    validator: atLeast(1),
    synonyms: [{ name: "group.streams.heartbeat.interval.ms" }],
    effect: "none",
  }),
  configKey(
    "streams.initial.rebalance.delay.ms",
    "int",
    "3000",
    "How long this streams group, when new, waits for more members before its first assignment.",
    {
      validator: atLeast(0),
      synonyms: [{ name: "group.streams.initial.rebalance.delay.ms" }],
      effect: "none",
    },
  ),
  configKey("streams.num.standby.replicas", "int", "0", "How many warm copies of each task's state this streams group keeps.", {
    validator: atLeast(0),
    synonyms: [{ name: "group.streams.num.standby.replicas" }],
    effect: "none",
  }),
  configKey("streams.session.timeout.ms", "int", "45000", "How long a member of this streams group may be silent before it is removed.", {
    validator: atLeast(1),
    synonyms: [{ name: "group.streams.session.timeout.ms" }],
    effect: "none",
  }),
];
