import { type ConfigKey, configKey } from "@ottla/base";
import { atLeast } from "../validators.ts";

/** Broker settings: offsets. Facts: Apache Kafka 4.4.0. */
export const offsetsConfigKeys: readonly ConfigKey[] = [
  configKey("offset.metadata.max.bytes", "int", "4096", "The longest note a client may attach to a committed offset, in bytes.", {
    importance: "high",
  }),
  configKey("offsets.commit.timeout.ms", "int", "5000", "How long a commit may wait until all replicas have it.", {
    validator: atLeast(1),
    importance: "high",
    effect: "none",
  }),
  configKey("offsets.load.buffer.size", "int", "5242880", "How many bytes are read at a time when committed offsets are loaded.", {
    validator: atLeast(1),
    importance: "high",
    effect: "none",
  }),
  configKey("offsets.retention.check.interval.ms", "long", "600000", "How often committed offsets are checked for expiry.", {
    validator: atLeast(1),
    importance: "high",
  }),
  configKey(
    "offsets.retention.minutes",
    "int",
    "10080",
    "How long the committed offsets of an empty group, or of a topic it no longer reads, are kept.",
    {
      validator: atLeast(1),
      importance: "high",
    },
  ),
  configKey("offsets.topic.compression.codec", "int", "0", "The codec of the records in `__consumer_offsets`, by number; 0 is none.", {
    importance: "high",
    effect: "none",
  }),
  configKey("offsets.topic.num.partitions", "int", "50", "Partitions of `__consumer_offsets`; must not change once the topic exists.", {
    validator: atLeast(1),
    importance: "high",
  }),
  configKey("offsets.topic.replication.factor", "short", "3", "Replicas of `__consumer_offsets`; at most one per virtual broker is made.", {
    validator: atLeast(1),
    importance: "high",
  }),
  configKey(
    "offsets.topic.segment.bytes",
    "int",
    "104857600",
    "Segment size of `__consumer_offsets`; small ones load and compact faster.",
    {
      validator: atLeast(1),
      importance: "high",
    },
  ),
];
