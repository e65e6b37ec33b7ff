import { type ConfigKey, configKey } from "@ottla/base";
import { atLeast, between, nonEmpty } from "../validators.ts";

/** Broker settings: remote log. Facts: Apache Kafka 4.4.0. */
export const remoteLogConfigKeys: readonly ConfigKey[] = [
  configKey(
    "log.remote.copy.lag.bytes",
    "long",
    "-1",
    "How many newer bytes make a closed segment due for remote storage: 0 at once, −1 takes log.local.retention.bytes.",
    { validator: atLeast(-1), dynamic: "cluster-wide", effect: "none" },
  ),
  configKey(
    "log.remote.copy.lag.ms",
    "long",
    "0",
    "How old a closed segment's latest record must be before it is due for remote storage: 0 at once, −1 takes log.local.retention.ms.",
    { validator: atLeast(-1), dynamic: "cluster-wide", effect: "none" },
  ),
  configKey("remote.fetch.max.wait.ms", "int", "500", "How long a fetch may wait for data from remote storage.", {
    validator: atLeast(1),
    dynamic: "cluster-wide",
    effect: "none",
  }),
  configKey("remote.list.offsets.request.timeout.ms", "long", "30000", "How long an offset look-up may wait for remote storage.", {
    validator: atLeast(1),
    dynamic: "cluster-wide",
    effect: "none",
  }),
  configKey(
    "remote.log.index.file.cache.total.size.bytes",
    "long",
    "1073741824",
    "Local space for index files fetched from remote storage.",
    {
      validator: atLeast(1),
      importance: "low",
      dynamic: "cluster-wide",
      effect: "none",
    },
  ),
  configKey(
    "remote.log.index.file.cache.ttl.ms",
    "long",
    "900000",
    "How long such an index file is kept after its last use; −1 for ever.",
    {
      validator: atLeast(-1),
      importance: "low",
      internal: true,
      effect: "none",
    },
  ),
  configKey("remote.log.manager.copier.thread.pool.size", "int", "10", "Threads that copy segments to remote storage.", {
    validator: atLeast(1),
    dynamic: "cluster-wide",
    effect: "none",
  }),
  configKey(
    "remote.log.manager.copy.max.bytes.per.second",
    "long",
    "9223372036854775807",
    "The most bytes per second copied to remote storage.",
    {
      validator: atLeast(1),
      dynamic: "cluster-wide",
      effect: "none",
    },
  ),
  configKey("remote.log.manager.copy.quota.window.num", "int", "11", "How many samples measure that rate.", {
    validator: atLeast(1),
    effect: "none",
  }),
  configKey("remote.log.manager.copy.quota.window.size.seconds", "int", "1", "The length of each such sample.", {
    validator: atLeast(1),
    effect: "none",
  }),
  configKey("remote.log.manager.expiration.thread.pool.size", "int", "10", "Threads that delete expired segments from remote storage.", {
    validator: atLeast(1),
    dynamic: "cluster-wide",
    effect: "none",
  }),
  configKey(
    "remote.log.manager.fetch.max.bytes.per.second",
    "long",
    "9223372036854775807",
    "The most bytes per second fetched from remote storage.",
    {
      validator: atLeast(1),
      dynamic: "cluster-wide",
      effect: "none",
    },
  ),
  configKey("remote.log.manager.fetch.quota.window.num", "int", "11", "How many samples measure that rate.", {
    validator: atLeast(1),
    effect: "none",
  }),
  configKey("remote.log.manager.fetch.quota.window.size.seconds", "int", "1", "The length of each such sample.", {
    validator: atLeast(1),
    effect: "none",
  }),
  configKey("remote.log.manager.follower.thread.pool.size", "int", "2", "Threads with which followers learn what is in remote storage.", {
    validator: atLeast(1),
    dynamic: "cluster-wide",
    effect: "none",
  }),
  configKey("remote.log.manager.task.interval.ms", "long", "30000", "How often copying and expiring run.", {
    validator: atLeast(1),
    importance: "low",
    effect: "none",
  }),
  configKey("remote.log.manager.task.retry.backoff.max.ms", "long", "30000", "The longest wait before such a task is tried again.", {
    validator: atLeast(1),
    importance: "low",
    internal: true,
    effect: "none",
  }),
  configKey("remote.log.manager.task.retry.backoff.ms", "long", "500", "The first wait before such a task is tried again.", {
    validator: atLeast(1),
    importance: "low",
    internal: true,
    effect: "none",
  }),
  configKey("remote.log.manager.task.retry.jitter", "double", "0.2", "The share by which that wait varies at random.", {
    validator: between(0, 0.5),
    importance: "low",
    internal: true,
    effect: "none",
  }),
  configKey("remote.log.manager.thread.pool.size", "int", "2", "The older setting of remote.log.manager.follower.thread.pool.size.", {
    validator: atLeast(1),
    effect: "none",
  }),
  configKey(
    "remote.log.metadata.custom.metadata.max.bytes",
    "int",
    "128",
    "How much of its own metadata a remote storage plugin may attach to a segment.",
    {
      validator: atLeast(0),
      importance: "low",
      effect: "none",
    },
  ),
  configKey(
    "remote.log.metadata.manager.class.name",
    "string",
    "org.apache.kafka.server.log.remote.metadata.storage.TopicBasedRemoteLogMetadataManager",
    "The Java class that keeps track of remote segments.",
    { validator: nonEmpty, effect: "none" },
  ),
  configKey("remote.log.metadata.manager.class.path", "string", null, "Where that class is found.", { effect: "none" }),
  configKey("remote.log.metadata.manager.impl.prefix", "string", "rlmm.config.", "Settings with this prefix are handed to that class.", {
    validator: nonEmpty,
    effect: "none",
  }),
  configKey("remote.log.metadata.manager.listener.name", "string", null, "The listener that class connects to.", {
    validator: nonEmpty,
    effect: "none",
  }),
  configKey("remote.log.reader.max.pending.tasks", "int", "100", "How many reads from remote storage may wait.", {
    validator: atLeast(1),
    effect: "none",
  }),
  configKey("remote.log.reader.threads", "int", "10", "Threads that read from remote storage.", {
    validator: atLeast(1),
    dynamic: "cluster-wide",
    effect: "none",
  }),
  configKey("remote.log.storage.manager.class.name", "string", null, "The Java class that stores segments remotely.", {
    validator: nonEmpty,
    effect: "none",
  }),
  configKey("remote.log.storage.manager.class.path", "string", null, "Where that class is found.", { effect: "none" }),
  configKey("remote.log.storage.manager.impl.prefix", "string", "rsm.config.", "Settings with this prefix are handed to that class.", {
    validator: nonEmpty,
    effect: "none",
  }),
  configKey("remote.log.storage.system.enable", "boolean", "false", "Whether topics may be tiered at all.", { effect: "none" }),
];
