import { type ConfigKey, configKey } from "@ottla/base";
import { anyList, atLeast, oneOf, shareOffsetReset } from "../validators.ts";

/** The settings of a group. Facts: Apache Kafka 4.4.0. */
export const groupConfigKeys: readonly ConfigKey[] = [
  configKey("consumer.assignment.interval.ms", "int", "1000", "The least time between two assignments of this consumer group.", {
    validator: atLeast(0),
    synonyms: [{ name: "group.consumer.assignment.interval.ms" }],
  }),
  configKey(
    "consumer.assignor.offload.enable",
    "boolean",
    "true",
    "Whether this consumer group's assignments are worked out on a thread of their own.",
    { synonyms: [{ name: "group.consumer.assignor.offload.enable" }], internal: true, effect: "none" },
  ),
  configKey("consumer.heartbeat.interval.ms", "int", "5000", "How often members of this consumer group are told to send heartbeats.", {
    validator: atLeast(1),
    synonyms: [{ name: "group.consumer.heartbeat.interval.ms" }],
  }),
  configKey("consumer.session.timeout.ms", "int", "45000", "How long a member of this consumer group may be silent before it is removed.", {
    validator: atLeast(1),
    synonyms: [{ name: "group.consumer.session.timeout.ms" }],
  }),
  configKey(
    "errors.deadletterqueue.copy.record.enable",
    "boolean",
    "false",
    "Whether the record itself goes to the dead-letter topic, or only headers that say where it lies.",
    { effect: "none" },
  ),
  configKey(
    "errors.deadletterqueue.topic.name",
    "string",
    "",
    "The topic for records that this share group could not process; empty means none.",
    { effect: "none" },
  ),
  configKey("share.assignment.interval.ms", "int", "1000", "The least time between two assignments of this share group.", {
    validator: atLeast(0),
    synonyms: [{ name: "group.share.assignment.interval.ms" }],
    effect: "none",
  }),
  configKey(
    "share.assignor.offload.enable",
    "boolean",
    "true",
    "Whether this share group's assignments are worked out on a thread of their own.",
    { synonyms: [{ name: "group.share.assignor.offload.enable" }], internal: true, effect: "none" },
  ),
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
  configKey(
    "streams.acceptable.recovery.lag",
    "long",
    "10000",
    "How many offsets a copy of a task's state may be behind to count as caught up in this streams group.",
    { validator: atLeast(0), synonyms: [{ name: "group.streams.acceptable.recovery.lag" }], internal: true },
  ),
  configKey("streams.assignment.interval.ms", "int", "1000", "The least time between two assignments of this streams group.", {
    validator: atLeast(0),
    synonyms: [{ name: "group.streams.assignment.interval.ms" }],
  }),
  configKey("streams.assignor.name", "string", null, "The assignor of this streams group; not set takes the broker's first.", {
    synonyms: [{ name: "group.streams.assignors" }],
    effect: "none",
  }),
  configKey(
    "streams.assignor.offload.enable",
    "boolean",
    "true",
    "Whether this streams group's assignments are worked out on a thread of their own.",
    { synonyms: [{ name: "group.streams.assignor.offload.enable" }], internal: true, effect: "none" },
  ),
  configKey("streams.heartbeat.interval.ms", "int", "5000", "How often members of this streams group are told to send heartbeats.", {
    validator: atLeast(1),
    synonyms: [{ name: "group.streams.heartbeat.interval.ms" }],
  }),
  configKey(
    "streams.initial.rebalance.delay.ms",
    "int",
    "3000",
    "How long this streams group, when new, waits for more members before its first assignment.",
    {
      validator: atLeast(0),
      synonyms: [{ name: "group.streams.initial.rebalance.delay.ms" }],
    },
  ),
  configKey("streams.num.standby.replicas", "int", "0", "How many warm copies of each task's state this streams group keeps.", {
    validator: atLeast(0),
    synonyms: [{ name: "group.streams.num.standby.replicas" }],
  }),
  configKey(
    "streams.num.warmup.replicas",
    "int",
    "2",
    "How many copies of task state this streams group may bring up to date at once before tasks move.",
    { validator: atLeast(0), synonyms: [{ name: "group.streams.num.warmup.replicas" }], internal: true, effect: "none" },
  ),
  configKey(
    "streams.rack.aware.assignment.tags",
    "list",
    "",
    "The client tags, such as a zone, over which this streams group spreads standby copies.",
    { validator: anyList(), importance: "low", synonyms: [{ name: "group.streams.rack.aware.assignment.tags" }] },
  ),
  configKey("streams.session.timeout.ms", "int", "45000", "How long a member of this streams group may be silent before it is removed.", {
    validator: atLeast(1),
    synonyms: [{ name: "group.streams.session.timeout.ms" }],
  }),
  configKey(
    "streams.task.offset.interval.ms",
    "int",
    "60000",
    "How often members of this streams group report the offsets of their task state.",
    { validator: atLeast(1), synonyms: [{ name: "group.streams.task.offset.interval.ms" }], internal: true },
  ),
];
