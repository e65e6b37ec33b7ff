import { type ConfigKey, configKey } from "@ottla/base";
import { atLeast, between } from "../validators.ts";

/** Broker settings: cleaner. Facts: Apache Kafka 4.4.0. */
export const cleanerConfigKeys: readonly ConfigKey[] = [
  configKey("log.cleaner.backoff.ms", "long", "15000", "How long the compactor rests when no log needs it.", {
    validator: atLeast(0),
    dynamic: "cluster-wide",
  }),
  configKey(
    "log.cleaner.dedupe.buffer.size",
    "long",
    "134217728",
    "Memory for the compactor's table of keys, over all its threads, in bytes.",
    {
      dynamic: "cluster-wide",
    },
  ),
  configKey(
    "log.cleaner.delete.retention.ms",
    "long",
    "86400000",
    "Default of a topic's delete.retention.ms: how long tombstones stay after compaction.",
    {
      validator: atLeast(0),
      dynamic: "cluster-wide",
    },
  ),
  configKey(
    "log.cleaner.enable",
    "boolean",
    "true",
    "Whether compacted topics are compacted at all; deprecated in Kafka, and false lets them grow without bound.",
  ),
  configKey("log.cleaner.io.buffer.load.factor", "double", "0.9", "How full the compactor's table of keys may become, from 0 to 1.", {
    dynamic: "cluster-wide",
  }),
  configKey(
    "log.cleaner.io.buffer.size",
    "int",
    "524288",
    "Memory for the compactor's reading and writing, over all its threads, in bytes.",
    {
      validator: atLeast(0),
      dynamic: "cluster-wide",
    },
  ),
  configKey(
    "log.cleaner.io.max.bytes.per.second",
    "double",
    "1.7976931348623157E308",
    "How many bytes per second the compactor may read and write together.",
    {
      dynamic: "cluster-wide",
    },
  ),
  configKey("log.cleaner.max.compaction.lag.ms", "long", "9223372036854775807", "Default of a topic's max.compaction.lag.ms.", {
    validator: atLeast(1),
    dynamic: "cluster-wide",
  }),
  configKey("log.cleaner.min.cleanable.ratio", "double", "0.5", "Default of a topic's min.cleanable.dirty.ratio.", {
    validator: between(0, 1),
    dynamic: "cluster-wide",
  }),
  configKey("log.cleaner.min.compaction.lag.ms", "long", "0", "Default of a topic's min.compaction.lag.ms.", {
    validator: atLeast(0),
    dynamic: "cluster-wide",
  }),
  configKey("log.cleaner.threads", "int", "1", "Threads that compact logs.", {
    validator: atLeast(0),
    dynamic: "cluster-wide",
  }),
];
