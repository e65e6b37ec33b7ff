import type { ApplicationOptions } from "./application-options.ts";

/** A value as it stands in a `.properties` file, or as what it means. */
type PropertyValue = string | number | boolean;

/** Java's name of an option beside ours, and what kind of value it has. */
export const javaNames = {
  "application.id": ["applicationId", "text"],
  "bootstrap.servers": ["bootstrapServers", "text"],
  "group.protocol": ["groupProtocol", "text"],
  "processing.guarantee": ["guarantee", "text"],
  "commit.interval.ms": ["commitIntervalMs", "number"],
  "max.task.idle.ms": ["maxTaskIdleMs", "number"],
  "buffered.records.per.partition": ["bufferedRecordsPerPartition", "number"],
  "state.dir": ["stateDir", "text"],
  "statestore.cache.max.bytes": ["cacheMaxBytes", "number"],
  "repartition.purge.interval.ms": ["repartitionPurgeIntervalMs", "number"],
  "replication.factor": ["replicationFactor", "number"],
  "windowstore.changelog.additional.retention.ms": ["changelogAdditionalRetentionMs", "number"],
  "application.server": ["applicationServer", "text"],
  "group.instance.id": ["groupInstanceId", "text"],
  "session.timeout.ms": ["sessionTimeoutMs", "number"],
  "heartbeat.interval.ms": ["heartbeatIntervalMs", "number"],
  "max.poll.interval.ms": ["maxPollIntervalMs", "number"],
  "transaction.timeout.ms": ["transactionTimeoutMs", "number"],
  "task.timeout.ms": ["taskTimeoutMs", "number"],
  "state.cleanup.delay.ms": ["stateCleanupDelayMs", "number"],
  "num.standby.replicas": ["numStandbyReplicas", "number"],
  "num.stream.threads": ["workers", "number"],
  "acceptable.recovery.lag": ["acceptableRecoveryLag", "number"],
  "max.warmup.replicas": ["maxWarmupReplicas", "number"],
  "probing.rebalance.interval.ms": ["probingRebalanceIntervalMs", "number"],
  "rack.aware.assignment.tags": ["rackAwareAssignmentTags", "text"],
} as const satisfies Readonly<Record<string, readonly [string, "text" | "number"]>>;

type JavaName = keyof typeof javaNames;

/** Options that Java has and that mean something else here, with what to do. */
export const otherNames: Readonly<Record<string, string>> = {
  "default.key.serde": "serdes are part of the topology's types",
  "default.value.serde": "serdes are part of the topology's types",
  "default.deserialization.exception.handler": "use onError.deserialize",
  "deserialization.exception.handler": "use onError.deserialize",
  "default.production.exception.handler": "use onError.produce",
  "production.exception.handler": "use onError.produce",
  "processing.exception.handler": "use onError.process",
  "errors.dead.letter.queue.topic.name": "use onError.deadLetterTopic",
  "default.timestamp.extractor": "give sources their timestamp option",
  "topology.optimization": "give it to build()",
};

/** Options of consumers and producers in Java's names, behind Java's prefixes: `consumer.fetch.max.bytes`. */
export const prefixes = ["main.consumer.", "restore.consumer.", "global.consumer.", "consumer.", "producer."] as const;

/** What is set for the clients of one kind, in Kafka's names. */
export type ClientProperties = Readonly<Record<string, PropertyValue>>;

/** {@link ApplicationOptions} by our names or by Java's; the two without which nothing runs by either. */
export type ApplicationOptionsByName =
  | (ApplicationOptions & ApplicationProperties)
  | (Omit<ApplicationOptions, "applicationId" | "bootstrapServers"> &
      ApplicationProperties & { readonly "application.id": string; readonly "bootstrap.servers": string });

/** An application's options in Java's names, with those of its clients. */
export type ApplicationProperties = { readonly [name in JavaName]?: PropertyValue } & {
  readonly [name in
    | `${(typeof prefixes)[number]}${string}`
    | `${"security" | "sasl" | "ssl" | "client" | "request" | "retry" | "reconnect" | "metadata"}.${string}`]?: PropertyValue;
};
