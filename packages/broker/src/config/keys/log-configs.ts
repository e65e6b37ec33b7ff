import { type ConfigKey, configKey } from "@ottla/base";
import { anyList, atLeast, between, gzipLevel, nonEmptyList, oneOf } from "../validators.ts";

/** Broker settings: log. Facts: Apache Kafka 4.4.0. */
export const logConfigKeys: readonly ConfigKey[] = [
  configKey("background.threads", "int", "10", "Threads for tasks such as deleting files. Ottla runs them on its event loop.", {
    validator: atLeast(1),
    importance: "high",
    dynamic: "cluster-wide",
    effect: "none",
  }),
  configKey(
    "compression.gzip.level",
    "int",
    "-1",
    "Broker-wide default of the topic setting: how hard gzip works when the broker recompresses.",
    {
      validator: gzipLevel,
      dynamic: "cluster-wide",
      effect: "none",
    },
  ),
  configKey(
    "compression.lz4.level",
    "int",
    "9",
    "Broker-wide default of the topic setting: how hard lz4 works when the broker recompresses.",
    {
      validator: between(1, 17),
      dynamic: "cluster-wide",
      effect: "none",
    },
  ),
  configKey(
    "compression.type",
    "string",
    "producer",
    "Broker-wide default of the topic setting: `producer` stores batches as sent, anything else recompresses them.",
    { validator: oneOf("uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"), importance: "high", dynamic: "cluster-wide" },
  ),
  configKey(
    "compression.zstd.level",
    "int",
    "3",
    "Broker-wide default of the topic setting: how hard zstd works when the broker recompresses.",
    {
      validator: between(-131072, 22),
      dynamic: "cluster-wide",
      effect: "none",
    },
  ),
  configKey("cordoned.log.dirs", "list", "", "Data directories that get no new partitions; they must be among log.dirs, `*` names all.", {
    validator: anyList(),
    dynamic: "per-broker",
    effect: "none",
  }),
  configKey("log.cleanup.policy", "list", "delete", "Default of a topic's cleanup.policy: `delete`, `compact`, both, or empty.", {
    validator: anyList("compact", "delete"),
    dynamic: "cluster-wide",
  }),
  configKey("log.dir", "list", "/tmp/kafka-logs", "The data directory, where log.dirs is not set.", {
    validator: nonEmptyList(),
    importance: "high",
  }),
  configKey(
    "log.dir.failure.timeout.ms",
    "long",
    "30000",
    "How long a broker may fail to report a broken data directory before it stops.",
    {
      validator: atLeast(1),
      importance: "low",
      effect: "none",
    },
  ),
  configKey("log.dirs", "list", null, "The data directories. Ottla uses one; by default that of log.dir.", {
    validator: nonEmptyList(),
    importance: "high",
  }),
  configKey(
    "log.flush.interval.messages",
    "long",
    "9223372036854775807",
    "Default of a topic's flush.messages: after how many records a log is synced to disk.",
    { validator: atLeast(1), importance: "high", dynamic: "cluster-wide" },
  ),
  configKey(
    "log.flush.interval.ms",
    "long",
    null,
    "Default of a topic's flush.ms: the longest time before a log is synced; when not set, log.flush.scheduler.interval.ms.",
    { importance: "high", dynamic: "cluster-wide", synonyms: [{ name: "log.flush.scheduler.interval.ms" }] },
  ),
  configKey(
    "log.flush.offset.checkpoint.interval.ms",
    "int",
    "60000",
    "How often the recovery points, from which logs are checked after a crash, are written down.",
    { validator: atLeast(0), importance: "high", effect: "none" },
  ),
  configKey(
    "log.flush.scheduler.interval.ms",
    "long",
    "9223372036854775807",
    "The longest time before a log is synced, where log.flush.interval.ms is not set.",
    {
      importance: "high",
    },
  ),
  configKey(
    "log.flush.start.offset.checkpoint.interval.ms",
    "int",
    "60000",
    "How often the logs' start offsets are written down. Ottla writes each change at once.",
    { validator: atLeast(0), importance: "high", effect: "none" },
  ),
  configKey(
    "log.index.interval.bytes",
    "int",
    "4096",
    "Default of a topic's index.interval.bytes: bytes of records between two entries of the offset index.",
    {
      validator: atLeast(0),
      dynamic: "cluster-wide",
    },
  ),
  configKey(
    "log.index.size.max.bytes",
    "int",
    "10485760",
    "Default of a topic's segment.index.bytes: the largest size of an offset index.",
    {
      validator: atLeast(4),
      dynamic: "cluster-wide",
    },
  ),
  configKey("log.initial.task.delay.ms", "long", "30000", "How long after the start the first retention and flush runs begin.", {
    validator: atLeast(0),
    importance: "low",
    internal: true,
    effect: "none",
  }),
  configKey("log.local.retention.bytes", "long", "-2", "Default of a topic's local.retention.bytes.", {
    validator: atLeast(-2),
    dynamic: "cluster-wide",
    effect: "none",
  }),
  configKey("log.local.retention.ms", "long", "-2", "Default of a topic's local.retention.ms.", {
    validator: atLeast(-2),
    dynamic: "cluster-wide",
    effect: "none",
  }),
  configKey(
    "log.message.timestamp.after.max.ms",
    "long",
    "3600000",
    "Default of a topic's message.timestamp.after.max.ms: how far ahead of the clock a record may be dated.",
    { validator: atLeast(0), dynamic: "cluster-wide" },
  ),
  configKey(
    "log.message.timestamp.before.max.ms",
    "long",
    "9223372036854775807",
    "Default of a topic's message.timestamp.before.max.ms: how far behind the clock a record may be dated.",
    { validator: atLeast(0), dynamic: "cluster-wide" },
  ),
  configKey(
    "log.message.timestamp.type",
    "string",
    "CreateTime",
    "Default of a topic's message.timestamp.type: `CreateTime` or `LogAppendTime`.",
    {
      validator: oneOf("CreateTime", "LogAppendTime"),
      dynamic: "cluster-wide",
    },
  ),
  configKey("log.preallocate", "boolean", "false", "Default of a topic's preallocate.", { dynamic: "cluster-wide", effect: "none" }),
  configKey("log.retention.bytes", "long", "-1", "Default of a topic's retention.bytes: the size limit of each partition, −1 for none.", {
    importance: "high",
    dynamic: "cluster-wide",
  }),
  configKey(
    "log.retention.check.interval.ms",
    "long",
    "300000",
    "How often the broker looks for segments that retention allows to delete.",
    {
      validator: atLeast(1),
    },
  ),
  configKey(
    "log.retention.hours",
    "int",
    "168",
    "Default retention in hours, where neither log.retention.ms nor log.retention.minutes is set; −1 keeps data for ever.",
    { importance: "high" },
  ),
  configKey("log.retention.minutes", "int", null, "Default retention in minutes, where log.retention.ms is not set.", {
    importance: "high",
  }),
  configKey(
    "log.retention.ms",
    "long",
    null,
    "Default of a topic's retention.ms; goes before the keys in minutes and hours. −1 keeps data for ever.",
    {
      importance: "high",
      dynamic: "cluster-wide",
      synonyms: [
        { name: "log.retention.minutes", factor: 60_000 },
        { name: "log.retention.hours", factor: 3_600_000 },
      ],
    },
  ),
  configKey("log.roll.hours", "int", "168", "Default segment age in hours, where log.roll.ms is not set.", {
    validator: atLeast(1),
    importance: "high",
  }),
  configKey("log.roll.jitter.hours", "int", "0", "Default segment jitter in hours, where log.roll.jitter.ms is not set.", {
    validator: atLeast(0),
    importance: "high",
  }),
  configKey("log.roll.jitter.ms", "long", null, "Default of a topic's segment.jitter.ms; goes before the key in hours.", {
    importance: "high",
    dynamic: "cluster-wide",
    synonyms: [{ name: "log.roll.jitter.hours", factor: 3_600_000 }],
  }),
  configKey("log.roll.ms", "long", null, "Default of a topic's segment.ms; goes before the key in hours.", {
    importance: "high",
    dynamic: "cluster-wide",
    synonyms: [{ name: "log.roll.hours", factor: 3_600_000 }],
  }),
  configKey("log.segment.bytes", "int", "1073741824", "Default of a topic's segment.bytes: the size at which a new segment starts.", {
    validator: atLeast(1048576),
    importance: "high",
    dynamic: "cluster-wide",
  }),
  configKey(
    "log.segment.delete.delay.ms",
    "long",
    "60000",
    "Default of a topic's file.delete.delay.ms: how long removed segments stay on disk as `.deleted` files.",
    { validator: atLeast(0), importance: "high", dynamic: "cluster-wide" },
  ),
  configKey(
    "max.decompressed.message.bytes",
    "int",
    "2147483639",
    "Default of a topic's max.decompressed.message.bytes: the largest record, once decompressed.",
    { validator: between(1, 2147483639), dynamic: "cluster-wide" },
  ),
  configKey("message.max.bytes", "int", "1048588", "Default of a topic's max.message.bytes: the largest record batch, as sent.", {
    validator: atLeast(0),
    importance: "high",
    dynamic: "cluster-wide",
  }),
  configKey("min.insync.replicas", "int", "1", "Default of a topic's min.insync.replicas.", {
    validator: atLeast(1),
    importance: "high",
    dynamic: "cluster-wide",
  }),
  configKey(
    "num.recovery.threads.per.data.dir",
    "int",
    "2",
    "Threads that load and check logs at start. Ottla loads them on its event loop.",
    {
      validator: atLeast(1),
      importance: "high",
      dynamic: "cluster-wide",
      effect: "none",
    },
  ),
  configKey("producer.id.expiration.check.interval.ms", "int", "600000", "How often idempotent producers to forget are looked for.", {
    validator: atLeast(1),
    importance: "low",
    internal: true,
  }),
  configKey(
    "producer.id.expiration.ms",
    "int",
    "86400000",
    "How long after its last write an idempotent producer's sequence numbers are remembered.",
    {
      validator: atLeast(1),
      importance: "low",
      dynamic: "cluster-wide",
    },
  ),
  configKey("unclean.leader.election.enable", "boolean", "false", "Default of a topic's unclean.leader.election.enable.", {
    importance: "high",
    dynamic: "cluster-wide",
    effect: "none",
  }),
];
