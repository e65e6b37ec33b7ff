/** A version of a request that clients still speak and Kafka is about to drop, or has dropped. */
export interface OldRequests {
  readonly request: string;
  readonly apiVersion: string;
  /** The client's software and its version, as it says itself: `unknown` of those before Kafka 2.4. */
  readonly client: string;
  /** Since the broker started. */
  readonly requests: number;
}

/** What a broker's metrics say of its load. Undefined: the page has no such metric. */
export interface BrokerLoad {
  /** Where it was read, as `kafka-1:9404`. */
  readonly page: string;
  /** Shares of time without work, 0 to 1. */
  readonly handlerIdle: number | undefined;
  readonly networkIdle: number | undefined;
  /** Records that the replica which is furthest behind lacks. */
  readonly replicaLagMax: number | undefined;
  /** Open now, over all listeners. */
  readonly connections: number | undefined;
  readonly oldRequests: readonly OldRequests[];
}

/** What a producer or consumer says of itself, as Java's clients and ours name it. Rates, averages and maxima are those of its own window, 30 s as a rule. */
export interface ClientLoad {
  readonly page: string;
  readonly clientId: string;
  /** The longest and the mean time between two polls. */
  readonly pollGapMaxMs: number | undefined;
  readonly pollGapAvgMs: number | undefined;
  /** Share of its time that a consumer waits in poll for records, 0 to 1. */
  readonly pollIdle: number | undefined;
  readonly recordsLagMax: number | undefined;
  readonly sentBytesPerS: number | undefined;
  /** Bytes of batches after compression by those before; 1 without. */
  readonly compressionRatio: number | undefined;
}

/** A thread or worker of a Streams application. Shares of its time, 0 to 1. */
export interface StreamsThreadLoad {
  readonly thread: string;
  readonly processRatio: number | undefined;
  readonly pollRatio: number | undefined;
  readonly commitRatio: number | undefined;
}

/** An instance of a Streams application, by Kafka Streams' own metrics, which `@ottla/streams` has too. */
export interface StreamsLoad {
  readonly page: string;
  /** `application.id`, or the client's id where that is not told. */
  readonly application: string;
  /** `RUNNING`, `REBALANCING`, `ERROR`, …; undefined where it is not told. */
  readonly state: string | undefined;
  readonly aliveThreads: number | undefined;
  readonly failedThreads: number | undefined;
  readonly threads: readonly StreamsThreadLoad[];
  /** Tasks that drop records now, and how many a second: late ones, or such without a key. */
  readonly dropping: readonly { readonly task: string; readonly perS: number }[];
  /** Tasks that fill their stores from the changelog, and what is left of it. */
  readonly restoringTasks: number;
  readonly restoreRemaining: number | undefined;
}

/** What pages of metrics say that the Kafka protocol does not. */
export interface MetricsSnapshot {
  readonly brokers: readonly BrokerLoad[];
  readonly clients: readonly ClientLoad[];
  readonly streams: readonly StreamsLoad[];
  /** Pages that could not be read, or that say nothing of Kafka, and why. */
  readonly unread: readonly { readonly page: string; readonly reason: string }[];
}
