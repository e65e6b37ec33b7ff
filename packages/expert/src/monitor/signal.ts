/** What a signal's series are told apart by, in our words; a profile says what its exporter calls them. */
export const SIGNAL_LABELS = [
  "cluster",
  "broker",
  "topic",
  "partition",
  "group",
  "connector",
  "application",
  "thread",
  "task",
  "rule",
] as const;
/** One of {@link SIGNAL_LABELS}. */
export type SignalLabel = (typeof SIGNAL_LABELS)[number];

interface SignalMeaning {
  readonly type: "gauge" | "counter";
  /** Of each value, as alerts read it; a profile converts. */
  readonly unit: string;
  readonly summary: string;
}

function gauge(unit: string, summary: string): SignalMeaning {
  return { type: "gauge", unit, summary };
}

function counter(unit: string, summary: string): SignalMeaning {
  return { type: "counter", unit, summary };
}

/** What alerts and dashboards are written about, whatever an exporter calls it. */
export const signals = {
  targetUp: gauge("0 or 1", "the scrape of a broker or exporter succeeded"),
  brokers: gauge("brokers", "brokers that are part of the cluster"),
  offlinePartitions: gauge("partitions", "partitions without a leader"),
  underMinIsrPartitions: gauge("partitions", "partitions of a broker whose in-sync replicas are fewer than min.insync.replicas"),
  underReplicatedPartitions: gauge("partitions", "partitions of a broker that lack in-sync replicas"),
  activeControllers: gauge("controllers", "1 at the controller that is active"),
  uncleanElections: counter("elections", "leaders elected from outside the in-sync replicas"),
  offlineLogDirs: gauge("directories", "log directories of a broker that failed"),
  uncleanablePartitions: gauge("partitions", "partitions that the cleaner gave up"),
  handlerIdle: gauge("ratio", "share of time in which request handlers had nothing to do"),
  networkIdle: gauge("ratio", "share of time in which network processors had nothing to do"),
  produceP99: gauge("seconds", "99th percentile of the whole time of Produce requests"),
  fetchP99: gauge("seconds", "99th percentile of the whole time of Fetch requests of consumers"),
  isrShrinks: counter("shrinks", "replicas that left the in-sync set"),
  isrExpands: counter("expands", "replicas that came back to the in-sync set"),
  bytesIn: counter("bytes", "bytes produced"),
  bytesOut: counter("bytes", "bytes fetched by consumers"),
  messagesIn: counter("records", "records produced"),
  connections: gauge("connections", "open connections"),
  leaders: gauge("partitions", "partitions that a broker leads"),
  diskAvailable: gauge("bytes", "free bytes of the disk that holds the logs"),
  diskCapacity: gauge("bytes", "size of the disk that holds the logs"),
  quorumEnd: gauge("offset", "end of a voter's or observer's copy of the metadata log"),
  quorumLeader: gauge("node id", "the quorum's leader as a node knows it, -1 for none"),
  groupLag: gauge("records", "records of a partition or topic that the group has not read"),
  groupLagSeconds: gauge("seconds", "age of the oldest record that the group has not read"),
  groupLossSeconds: gauge("seconds", "until retention takes records that the group has not read"),
  groupStatus: gauge("code", "Burrow's verdict of a partition: 1 OK, 2 WARN, 4 STOP, 5 STALL, 6 REWIND"),
  groupMembers: gauge("members", "members of the group"),
  groupCommitted: gauge("offset", "committed offset of a group in a partition, or their sum over a topic"),
  logStart: gauge("offset", "first offset that a partition still has"),
  connectorFailedTasks: gauge("tasks", "failed tasks of a connector"),
  streamsFailedThreads: gauge("threads", "threads of an instance of a Streams application that have failed"),
  streamsDroppedRate: gauge("records a second", "records that a task of a Streams application drops"),
  streamsProcessRatio: gauge("ratio", "share of its time that a thread of a Streams application processes"),
  certificateExpiry: gauge("seconds since 1970", "when a certificate ends"),
  oldestTransaction: gauge("seconds", "age of the oldest open transaction"),
  eventLoopDelayP99: gauge("seconds", "99th percentile of the event loop's delay"),
  memoryWaiters: gauge("clients", "clients that wait because the memory held for clients is used up"),
  readFaults: counter("faults", "reads that the disk refused"),
  doctorFindings: gauge("findings", "what `ottla doctor` found, by rule"),
} as const satisfies Record<string, SignalMeaning>;

/** One of {@link signals}. */
export type SignalName = keyof typeof signals;
