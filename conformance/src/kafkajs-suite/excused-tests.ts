/** The specs that drive producers, consumers and admins from outside; the others test kafkajs's insides, of which there are none here. */
export const specs: readonly string[] = [
  "admin/index",
  ...[
    ["alterConfigs", "alterPartitionReassignments", "connection", "createPartitions", "createTopics", "deleteGroups", "deleteTopicRecords"],
    ["deleteTopics", "describeCluster", "describeConfigs", "describeGroups", "fetchOffsets", "fetchTopicMetadata", "fetchTopicOffsets"],
    ["fetchTopicOffsetsByTimestamp", "listGroups", "listPartitionReassignments", "listTopics", "resetOffsets", "setOffsets"],
  ].flatMap((names) => names.map((name) => `admin/__tests__/${name}`)),
  "producer/index",
  "producer/__tests__/concurrentTransaction",
  "producer/__tests__/idempotentProduceMessages",
  "producer/__tests__/producingToInvalidTopic",
  "producer/partitioners/legacy/index",
  ...[
    ["assignerProtocol", "assignerProtocolIntegration", "assignmentForUnsubscribedTopic", "commitOffsets", "connection", "consumeMessages"],
    ["controlBatches", "describeGroup", "emptyAssignment", "handlerErrorRecovery", "index", "instrumentationEvents", "logger"],
    ["misconfiguration", "pause", "rebalanceOnPartitionChange", "seek", "subscribe"],
  ].flatMap((names) => names.map((name) => `consumer/__tests__/${name}`)),
  "consumer/assigners/roundRobinAssigner/index",
];

/** A spec that fails here, and why that is right or borne. */
export interface ExcusedTests {
  readonly where: RegExp;
  readonly titles: RegExp;
  readonly why: string;
  /** What the failure must not say. */
  readonly unless?: RegExp;
}

export const excusedTests: readonly ExcusedTests[] = [
  {
    where: /./,
    titles: /SASL|SSL/,
    why: "logs in at listeners that this cluster has not; what they show of ours is in the tests of kafkajs's ssl and sasl",
  },
  {
    where: /rebalanceOnPartitionChange/,
    titles: /^trigger rebalance/,
    why: "lets a topic grow by a script in a container of Kafka, and waits for it by kafkajs's cluster",
  },
  {
    where: /./,
    titles: /^(on )?throws (an error )?(if|when|trying)|^throws an error|^it rejects when producing to an invalid topic name/,
    why: "compares the text of an error; class, type and code are the same, the words are not",
    unless: /resolved instead of rejected|did not throw|Exceeded timeout/,
  },
  {
    where: /./,
    titles:
      /retries if the controller has moved|tries again|will (not attempt to )?retry|throws before processing any|offset is below low watermark|out-of-range/,
    why: "puts a spy into kafkajs's cluster or broker to make it fail",
  },
  {
    where: /producer|consumer|admin/,
    titles:
      /reconnects the cluster|where produce\(\) throws|only calls initProducerId|sets the default retry value|supports sending offsets|alter broker configs|describe broker configs/,
    why: "looks into kafkajs's cluster, broker or manager of sequences",
  },
  {
    where: /createTopics|deleteTopics/,
    titles:
      /ignore already created|query metadata if|forward non ignorable|remove deleted topics from the cluster|interrupts on REQUEST_TIMED_OUT/,
    why: "looks into kafkajs's cluster",
  },
  {
    where: /consumeMessages/,
    titles: /^(consume messages|commits the last offsets processed before stopping|consume messages with 0\.11 format)$/,
    why: "counts calls of kafkajs's cluster",
  },
  {
    where: /consumeMessages/,
    titles: /respects offsets sent by a committed transaction/,
    why: "a transaction of kafkajs's own producer tells its consumer, through their common cluster, what was committed",
  },
  {
    where: /consumeMessages/,
    titles: /heartbeats are exposed/,
    why: "counts heartbeats to the one; ours go by a clock of their own",
  },
  {
    where: /commitOffsets/,
    titles: /updates the partition committed offset/,
    why: "looks into kafkajs's cluster",
  },
  {
    where: /producer\/index/,
    titles: /^produce messages|sendBatch should consolidate|transaction flow (commit|abort)|transaction that is created after/,
    why: "the start of the log stands in the result, which the client does not hand on; texts of errors; kafkajs's cluster",
  },
  {
    where: /index|instrumentationEvents/,
    titles: /request timeout event|request queue size event/,
    why: "a time limit of 1 ms, and a queue that is not there",
  },
  {
    where: /instrumentationEvents/,
    titles: /received unsubscribed topics|reading empty control batches/,
    why: "events that are never emitted",
  },
  { where: /controlBatches/, titles: /./, why: "batches of markers alone are passed over, with no events" },
  { where: /emptyAssignment/, titles: /./, why: "finds out that a member joined by an event that comes earlier here" },
  { where: /assignmentForUnsubscribedTopic/, titles: /\[flaky\]/, why: "the order of the names in an assignment" },
  {
    where: /resetOffsets/,
    titles: /set the consumer group offsets/,
    why: "the offsets themselves are committed, in place of -1 and -2, which stand for them",
  },
  { where: /fetchTopicMetadata/, titles: /creates a new topic/, why: "asking about a topic makes none" },
  { where: /fetchOffsets/, titles: /reset|correct earliest offset/, why: "written for an older Jest" },
  {
    where: /createTopics|createPartitions|artitionReassignments/,
    titles: /manual replica assignment|invalid broker|reassign|total partition/,
    why: "a cluster whose brokers are 0, 1 and 2; texts of errors",
  },
];

/** Why the failure of a test is right or borne; undefined when it is a fault. A call that ought to have failed and did not is never excused as a matter of words. */
export function excuseOf(spec: string, title: string, failure: string): string | undefined {
  return excusedTests.find(({ where, titles, unless }) => where.test(spec) && titles.test(title) && unless?.test(failure) !== true)?.why;
}
