import { type ConfigKey, configKey } from "@ottla/base";

const atLeast = (min: number) => ({ validator: { kind: "range", min } }) as const;

/** What a worker's own properties may be, as far as the worker itself reads them; names and defaults are Apache Connect's. */
export const workerDefinitions: readonly ConfigKey[] = [
  configKey(
    "group.id",
    "string",
    null,
    "The cluster of workers; workers with the same one share their connectors. Without it the worker is a standalone one.",
  ),
  configKey("config.storage.topic", "string", "connect-configs", "Where configs are kept."),
  configKey(
    "config.storage.replication.factor",
    "short",
    "3",
    "Of that topic when it must be made; never more than there are brokers.",
    atLeast(-1),
  ),
  configKey("offset.storage.topic", "string", "connect-offsets", "Where sources' offsets are kept."),
  configKey("offset.storage.partitions", "int", "25", "Of that topic when it must be made.", atLeast(1)),
  configKey(
    "offset.storage.replication.factor",
    "short",
    "3",
    "Of that topic when it must be made; never more than there are brokers.",
    atLeast(-1),
  ),
  configKey("status.storage.topic", "string", "connect-status", "Where states are kept."),
  configKey("status.storage.partitions", "int", "5", "Of that topic when it must be made.", atLeast(1)),
  configKey(
    "status.storage.replication.factor",
    "short",
    "3",
    "Of that topic when it must be made; never more than there are brokers.",
    atLeast(-1),
  ),
  configKey("offset.storage.file.filename", "string", null, "Where a standalone worker keeps sources' offsets; left out: in memory."),
  configKey(
    "exactly.once.source.support",
    "string",
    "disabled",
    "enabled: sources write their records and offsets in one transaction. preparing is taken as disabled: here nothing has to be prepared.",
    {
      validator: { kind: "oneOf", values: ["disabled", "preparing", "enabled"] },
    },
  ),
  configKey(
    "session.timeout.ms",
    "int",
    "10000",
    "A worker that is not heard of for so long is dead, and others run what it ran.",
    atLeast(1),
  ),
  configKey("heartbeat.interval.ms", "int", "3000", "How often a worker is heard of.", atLeast(1)),
  configKey(
    "inter.worker.key.ttl.ms",
    "int",
    "3600000",
    "How old a key may be that workers sign with what they pass on to each other.",
    atLeast(1),
  ),
  configKey("offset.flush.interval.ms", "long", "60000", "How often offsets are committed.", atLeast(1)),
  configKey(
    "ottla.threads.max",
    "int",
    "16",
    "Threads that run tasks; 0: tasks run on the worker's own, and one that does not give way holds them all.",
    atLeast(0),
  ),
  configKey(
    "ottla.thread.memory.mb",
    "int",
    "512",
    "What a thread of tasks may take of heap, and of buffers besides; one that takes more fails its connectors.",
    atLeast(32),
  ),
  configKey("ottla.thread.blocked.ms", "long", "30000", "A thread whose code does not give way for so long is ended.", atLeast(1_000)),
  configKey("task.shutdown.graceful.timeout.ms", "long", "5000", "How long a task may take to end; then it is left behind.", atLeast(0)),
];
