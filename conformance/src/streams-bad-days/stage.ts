/** A cluster that things happen to. Each blow resolves with what it was, in words; one that kills also brings back what it killed. */
export interface Stage {
  /** What it is, for people. */
  readonly name: string;
  /** Kafka's `bootstrap.servers`, through the breakable net where there is one. */
  readonly bootstrap: string;
  /** SIGKILL to a broker, and its start on the same disk. */
  killBroker(): Promise<string>;
  /** A broker that stands still for a while, alive: SIGSTOP. */
  stallBroker(): Promise<string>;
  /** Breaks connections. */
  cut(): Promise<string>;
  /** Another broker leads a partition of the topic; undefined: there is only one. */
  moveLeader(topic: string, partition: number): Promise<string | undefined>;
  /** Another broker coordinates the group; undefined: there is only one. */
  moveCoordinator(group: string): Promise<string | undefined>;
  /** The next transaction that commits offsets is told that it has to be aborted (KIP-1050); undefined: nobody can tell it so. */
  refuseTransaction(): Promise<string | undefined>;
  /** What keeps the cluster itself from taking records, in words; undefined: nothing. */
  trouble(): Promise<string | undefined>;
  pids(): readonly number[];
  outputTail(): string;
  end(isClean: boolean): Promise<void>;
}

/** What every cluster has: changes are noticed soon, and what a killed instance left open is ended soon. */
export const stageConfig: Readonly<Record<string, string>> = {
  "auto.create.topics.enable": "false",
  "group.initial.rebalance.delay.ms": "0",
  "group.min.session.timeout.ms": "500",
  // In a streams group the broker says all of that.
  "group.streams.min.session.timeout.ms": "2000",
  "group.streams.session.timeout.ms": "2000",
  "group.streams.min.heartbeat.interval.ms": "300",
  "group.streams.heartbeat.interval.ms": "300",
  "group.streams.initial.rebalance.delay.ms": "0",
  "offsets.topic.num.partitions": "3",
  "transaction.state.log.num.partitions": "3",
  "transaction.abort.timed.out.transaction.cleanup.interval.ms": "200",
  // Rolls, compaction and recovery over several segments happen within minutes.
  "log.segment.bytes": "1048576",
  "log.cleaner.min.cleanable.ratio": "0.2",
  "log.cleaner.backoff.ms": "2000",
};
