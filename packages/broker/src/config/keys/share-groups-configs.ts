import { type ConfigKey, configKey } from "@ottla/base";
import { atLeast, between, nonEmptyList } from "../validators.ts";

/** Broker settings: share groups. Facts: Apache Kafka 4.4.0. */
export const shareGroupConfigKeys: readonly ConfigKey[] = [
  configKey(
    "errors.deadletterqueue.auto.create.topics.enable",
    "boolean",
    "false",
    "Whether a share group's missing dead-letter topic is created.",
    { dynamic: "cluster-wide", effect: "none" },
  ),
  configKey(
    "errors.deadletterqueue.topic.name.prefix",
    "string",
    "dlq.",
    "How the names of dead-letter topics must begin; empty allows any name.",
    { dynamic: "cluster-wide", effect: "none" },
  ),
  configKey("group.share.assignment.interval.ms", "int", "1000", "The least time between two assignments of a share group.", {
    validator: atLeast(0),
    dynamic: "cluster-wide",
    effect: "none",
  }),
  configKey(
    "group.share.assignor.offload.enable",
    "boolean",
    "true",
    "Whether assignments of share groups are worked out on a thread of their own.",
    { dynamic: "cluster-wide", internal: true, effect: "none" },
  ),
  configKey("group.share.assignors", "list", "simple", "The assignors offered by the broker to share groups.", {
    validator: nonEmptyList(),
    effect: "none",
  }),
  configKey(
    "group.share.delivery.count.limit",
    "int",
    "5",
    "How often a record is offered to a share group before it counts as undeliverable.",
    {
      validator: between(2, 10),
      effect: "none",
    },
  ),
  configKey(
    "group.share.dlq.manager.class.name",
    "string",
    "org.apache.kafka.server.share.dlq.DefaultShareGroupDLQManager",
    "The Java class that writes records to dead-letter topics.",
    { internal: true, effect: "none" },
  ),
  configKey("group.share.heartbeat.interval.ms", "int", "5000", "How often members of a share group are told to send heartbeats.", {
    validator: atLeast(1),
    effect: "none",
  }),
  configKey(
    "group.share.initialize.retry.interval.ms",
    "int",
    "30000",
    "How long to wait before a share group's state is set up again after a failure.",
    {
      validator: atLeast(1),
      importance: "low",
      internal: true,
      effect: "none",
    },
  ),
  configKey(
    "group.share.max.assignment.interval.ms",
    "int",
    "15000",
    "The largest value a group may set for share.assignment.interval.ms.",
    {
      validator: atLeast(0),
      effect: "none",
    },
  ),
  configKey("group.share.max.delivery.count.limit", "int", "10", "The largest value a group may set for share.delivery.count.limit.", {
    validator: between(5, 25),
    effect: "none",
  }),
  configKey("group.share.max.heartbeat.interval.ms", "int", "15000", "The largest value a group may set for share.heartbeat.interval.ms.", {
    validator: atLeast(1),
    effect: "none",
  }),
  configKey(
    "group.share.max.partition.max.record.locks",
    "int",
    "4000",
    "The largest value a group may set for share.partition.max.record.locks.",
    {
      validator: between(2000, 10000),
      effect: "none",
    },
  ),
  configKey(
    "group.share.max.record.lock.duration.ms",
    "int",
    "60000",
    "The largest value a group may set for share.record.lock.duration.ms.",
    {
      validator: between(30000, 3600000),
      effect: "none",
    },
  ),
  configKey("group.share.max.session.timeout.ms", "int", "60000", "The largest value a group may set for share.session.timeout.ms.", {
    validator: atLeast(1),
    effect: "none",
  }),
  configKey("group.share.max.share.sessions", "int", "2000", "How many share sessions a broker holds.", {
    validator: atLeast(1),
    effect: "none",
  }),
  configKey("group.share.max.size", "int", "200", "How many members a share group may have.", {
    validator: between(1, 1000),
    effect: "none",
  }),
  configKey("group.share.min.assignment.interval.ms", "int", "0", "The smallest value a group may set for share.assignment.interval.ms.", {
    validator: atLeast(0),
    effect: "none",
  }),
  configKey("group.share.min.delivery.count.limit", "int", "2", "The smallest value a group may set for share.delivery.count.limit.", {
    validator: between(2, 5),
    effect: "none",
  }),
  configKey("group.share.min.heartbeat.interval.ms", "int", "5000", "The smallest value a group may set for share.heartbeat.interval.ms.", {
    validator: atLeast(1),
    effect: "none",
  }),
  configKey(
    "group.share.min.partition.max.record.locks",
    "int",
    "100",
    "The smallest value a group may set for share.partition.max.record.locks.",
    {
      validator: between(100, 2000),
      effect: "none",
    },
  ),
  configKey(
    "group.share.min.record.lock.duration.ms",
    "int",
    "15000",
    "The smallest value a group may set for share.record.lock.duration.ms.",
    {
      validator: between(1000, 30000),
      effect: "none",
    },
  ),
  configKey("group.share.min.session.timeout.ms", "int", "45000", "The smallest value a group may set for share.session.timeout.ms.", {
    validator: atLeast(1),
    effect: "none",
  }),
  configKey(
    "group.share.partition.max.record.locks",
    "int",
    "2000",
    "How many records of one partition may be in flight to a share group.",
    {
      validator: between(100, 10000),
      effect: "none",
    },
  ),
  configKey(
    "group.share.persister.class.name",
    "string",
    "org.apache.kafka.server.share.persister.DefaultStatePersister",
    "The Java class that keeps share-group state.",
    { internal: true, effect: "none" },
  ),
  configKey("group.share.record.lock.duration.ms", "int", "30000", "How long a record handed to one member stays locked for the others.", {
    validator: between(1000, 3600000),
    effect: "none",
  }),
  configKey("group.share.session.timeout.ms", "int", "45000", "How long a member of a share group may be silent before it is removed.", {
    validator: atLeast(1),
    effect: "none",
  }),
  configKey(
    "share.coordinator.append.linger.ms",
    "int",
    "-1",
    "How long the share coordinator gathers records before it writes them; −1 lets it adapt.",
    {
      validator: atLeast(-1),
      effect: "none",
    },
  ),
  configKey(
    "share.coordinator.cached.buffer.max.bytes",
    "int",
    "1048588",
    "The largest write buffer the share coordinator keeps for the next write.",
    {
      validator: atLeast(524288),
      dynamic: "cluster-wide",
      effect: "none",
    },
  ),
  configKey(
    "share.coordinator.cold.partition.snapshot.interval.ms",
    "int",
    "300000",
    "How often idle share partitions are written out as snapshots.",
    {
      validator: atLeast(1),
      importance: "low",
      internal: true,
      effect: "none",
    },
  ),
  configKey("share.coordinator.load.buffer.size", "int", "5242880", "How many bytes are read at a time when share-group state is loaded.", {
    validator: atLeast(1),
    importance: "high",
    effect: "none",
  }),
  configKey(
    "share.coordinator.snapshot.update.records.per.snapshot",
    "int",
    "500",
    "How many updates are written between two snapshots of a share partition.",
    { validator: between(0, 500), effect: "none" },
  ),
  configKey(
    "share.coordinator.state.topic.compression.codec",
    "int",
    "0",
    "The codec of the records in `__share_group_state`, by number; 0 is none.",
    {
      importance: "high",
      effect: "none",
    },
  ),
  configKey("share.coordinator.state.topic.min.isr", "short", "2", "In-sync replicas that a write to `__share_group_state` needs.", {
    validator: atLeast(1),
    importance: "high",
    effect: "none",
  }),
  configKey(
    "share.coordinator.state.topic.num.partitions",
    "int",
    "50",
    "Partitions of `__share_group_state`; must not change once the topic exists.",
    {
      validator: atLeast(1),
      importance: "high",
      effect: "none",
    },
  ),
  configKey(
    "share.coordinator.state.topic.prune.interval.ms",
    "int",
    "300000",
    "How often records no longer needed are deleted from `__share_group_state`.",
    {
      validator: atLeast(1),
      importance: "low",
      internal: true,
      effect: "none",
    },
  ),
  configKey("share.coordinator.state.topic.replication.factor", "short", "3", "Replicas of `__share_group_state`.", {
    validator: atLeast(1),
    importance: "high",
    effect: "none",
  }),
  configKey("share.coordinator.state.topic.segment.bytes", "int", "104857600", "Segment size of `__share_group_state`.", {
    validator: atLeast(1),
    importance: "high",
    effect: "none",
  }),
  configKey("share.coordinator.threads", "int", "1", "Threads of the share coordinator.", { validator: atLeast(1), effect: "none" }),
  configKey("share.coordinator.write.timeout.ms", "int", "5000", "How long a write of share-group state may wait for its replicas.", {
    validator: atLeast(1),
    importance: "high",
    effect: "none",
  }),
  configKey(
    "share.fetch.purgatory.purge.interval.requests",
    "int",
    "1000",
    "After how many requests finished share fetches are swept out of the waiting list.",
    { effect: "none" },
  ),
];
