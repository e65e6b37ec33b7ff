import type { ResourceLimits } from "node:worker_threads";
import type { ClientDeps, ClientOptions } from "@ottla/client";
import type { ErrorHandlers } from "../../runtime/failures.ts";
import type { SpanSource } from "../../runtime/task-spans.ts";

/** What records are promised: each processed at least once, or with all that follows from it exactly once (KIP-447, Java's `exactly_once_v2`). */
export type Guarantee = "atLeastOnce" | "exactlyOnce";

/** What becomes of the application when a worker has ended, since a task stopped at a record, or since its thread died. */
export type FatalAnswer = "shutdown" | "restart" | "shutdownApplication";

/** Who divides the tasks: the members, one of them for all, or the coordinator (KIP-1071). */
export type ApplicationProtocol = "classic" | "streams";

/** How an application handles what goes wrong: record by record as in the driver, and what no handler let pass. */
export interface ApplicationErrorHandlers extends ErrorHandlers {
  /**
   * Java's uncaught exception handler: `shutdown` (the default, Java's `SHUTDOWN_CLIENT`) closes this instance, whose state is then `ERROR`; `restart` (`REPLACE_THREAD`) puts another worker in the place of the one that ended,
   * which begins from what was committed: that helps where the cause passes by itself and nowhere else; `shutdownApplication` (`SHUTDOWN_APPLICATION`) ends all instances, whose errors are `STREAMS_SHUTDOWN` then, before it ends this one.
   * Asked in the application's thread.
   */
  readonly fatal?: FatalAnswer | ((error: Error) => FatalAnswer);
}

/** How an application runs, by our names or by Java's dotted ones. What is no option here is one of the client: `clientId`, `security.protocol`, `sasl.jaas.config` and so on. */
export interface ApplicationOptions {
  /** Java's `application.id`: the group, and the beginning of the names of its own topics. */
  readonly applicationId: string;
  readonly bootstrapServers: string | readonly string[];
  /**
   * Java's `group.protocol`. `classic`, the default: one of the members divides the tasks. `streams` (KIP-1071; Apache Kafka 4.2 and later, where it should be 4.4): the coordinator does, and makes the application's own topics; what it decides
   * is set on the group (`streams.num.standby.replicas`, `streams.session.timeout.ms` …), and options for the same are refused. A group that has members cannot change its protocol.
   */
  readonly groupProtocol?: ApplicationProtocol | undefined;
  /** Java's `processing.guarantee`. Default `atLeastOnce`. */
  readonly guarantee?: Guarantee | undefined;
  /** Java's `commit.interval.ms`. Default 30,000; 100 where records are processed exactly once. */
  readonly commitIntervalMs?: number | undefined;
  /** Java's `max.task.idle.ms`: how long a task that reads several partitions waits for records of one that has none; −1: not at all, not even for those known to be on the broker. Default 0. */
  readonly maxTaskIdleMs?: number | undefined;
  /** Java's `buffered.records.per.partition`: so many records wait in memory, then the partition is paused. Default 1,000. */
  readonly bufferedRecordsPerPartition?: number | undefined;
  /** Java's `state.dir`: where stores that are persistent are kept. Without it they are in memory as well. */
  readonly stateDir?: string | undefined;
  /** Java's `statestore.cache.max.bytes`. Default 10 MiB; 0: every change is given on. */
  readonly cacheMaxBytes?: number | undefined;
  /** Java's `replication.factor`, of the application's own topics. Default: the broker's. */
  readonly replicationFactor?: number | undefined;
  /** Java's `windowstore.changelog.additional.retention.ms`. Default a day. */
  readonly changelogAdditionalRetentionMs?: number | undefined;
  /** Java's `repartition.purge.interval.ms`: how often what was committed is deleted from repartition topics. Default 30,000. */
  readonly repartitionPurgeIntervalMs?: number | undefined;
  /** Java's `group.instance.id`: a restart within the session timeout gets its tasks back without a rebalance. */
  readonly groupInstanceId?: string | undefined;
  readonly sessionTimeoutMs?: number | undefined;
  readonly heartbeatIntervalMs?: number | undefined;
  readonly maxPollIntervalMs?: number | undefined;
  /** Of a worker's producer where records are processed exactly once; what is open for longer is aborted. Default 10,000, as in Java. */
  readonly transactionTimeoutMs?: number | undefined;
  /** Java's `application.server`: `host:port` under which other instances and clients reach what `serve()` answers here. Without it nobody is told where this instance can be asked. */
  readonly applicationServer?: string | undefined;
  /** Java's `task.timeout.ms`: so long a task that does not get on, since nobody answers or its disk takes nothing, is tried again while others go on; then it is an error that names it. Default 300,000. */
  readonly taskTimeoutMs?: number | undefined;
  /** Java's `state.cleanup.delay.ms`: folders of tasks that are not here any more are emptied after so much time. Default 600,000. */
  readonly stateCleanupDelayMs?: number | undefined;
  /** Java's `num.standby.replicas`: so many other instances keep a copy of each task's stores, so that it goes on there at once when its own is gone. Default 0. */
  readonly numStandbyReplicas?: number | undefined;
  /**
   * How many threads have the tasks, Java's `num.stream.threads`; each is a member of the group with a consumer and a producer. 0, the default: they are in the caller's loop. Otherwise the topology comes from a module:
   * `streams(new URL("./topology.ts", import.meta.url), …)`.
   */
  readonly workers?: number | undefined;
  /**
   * What a worker's thread may use of the memory, as Node's `resourceLimits`; one that needs more dies, and `onError.fatal` is asked. Where it is given, `maxYoungGenerationSizeMb` is 8 unless it says otherwise: with V8's
   * own a thread that comes to its limit often takes the process with it, as it does without limits.
   */
  readonly workerLimits?: ResourceLimits | undefined;
  /** Signals that close the application, such as `SIGTERM`: what is done is committed, then the process may end. Default none: nothing is installed that was not asked for. */
  readonly closeOnSignals?: readonly NodeJS.Signals[] | undefined;
  /** Java's `acceptable.recovery.lag`: an instance that lacks no more records than this of a task's state may have the task; one that lacks more gets a copy first, and the task when that is there. Default 10,000. */
  readonly acceptableRecoveryLag?: number | undefined;
  /** Java's `max.warmup.replicas`: so many tasks of all the group are copied at a time to where they are to run. Default 2. */
  readonly maxWarmupReplicas?: number | undefined;
  /** Java's `probing.rebalance.interval.ms`: how often it is looked whether they may move. Default 600,000. */
  readonly probingRebalanceIntervalMs?: number | undefined;
  /** Java's `client.tag.*`: where this instance is, as in `{ zone: "eu-1" }`. At most 5, with names of at most 20 characters and values of at most 30. */
  readonly clientTags?: Readonly<Record<string, string>> | undefined;
  /** Java's `rack.aware.assignment.tags`: of these tags, copies of a task are to have different values, the first one before all that follow. */
  readonly rackAwareAssignmentTags?: readonly string[] | string | undefined;
  readonly onError?: ApplicationErrorHandlers | undefined;
  /** Makes spans of what tasks do, as `taskSpans()` of `@ottla/streams/opentelemetry`. Where tasks are on threads the topology's module exports it. Default none, at no cost. */
  readonly spans?: SpanSource | undefined;
  /** Further options of the client: security, time limits, names. */
  readonly client?: Omit<ClientOptions, "bootstrapServers"> | undefined;
}

/** What an application needs of the world; every part has a real default. */
export type ApplicationDeps = Pick<ClientDeps, "clock" | "logger" | "random">;
