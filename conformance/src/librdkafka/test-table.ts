import { readFileSync } from "node:fs";

/** One entry of the suite's own table of tests. */
export interface LibrdkafkaTest {
  /** Such as `0012_produce_consume`. */
  readonly name: string;
  /** Needs no broker: nothing to learn about ours. */
  readonly isLocal: boolean;
  readonly isManual: boolean;
  readonly isKnownIssue: boolean;
  /** The first scenario the test belongs to; "default" unless it asks for another broker configuration. */
  readonly scenario: string;
  /** Runs only the subtests whose function and title contain this. */
  readonly subtest?: string;
}

const adminFunctions = [
  "CreateTopics",
  "DeleteTopics",
  "CreatePartitions",
  "CreateAcls",
  "DescribeAcls",
  "DeleteAcls",
  "AlterConfigs",
  "IncrementalAlterConfigs",
  "DescribeConfigs",
  "DeleteRecords",
  "ListConsumerGroups",
  "DescribeConsumerGroups",
  "DescribeTopics",
  "DescribeCluster",
  "DeleteGroups",
  "DeleteConsumerGroupOffsets",
  "ListOffsets",
  "AlterConsumerGroupOffsets",
  "ListConsumerGroupOffsets",
  "UserScramCredentials",
];

// These hold subtests of security or transactions beside all the rest and stop at the first that fails: run one by one, each stands for itself.
const splitTests: Readonly<Record<string, readonly string[]>> = {
  "0055_producer_latency": [
    "standard settings",
    "low linger.ms",
    "microsecond linger.ms",
    "high linger.ms",
    "linger.ms < 1000",
    "no acks",
    "idempotence",
    "transactions",
  ],
  "0061_consumer_lag": ["consumer lag without transactions", "consumer lag with transactions"],
  "0081_admin": adminFunctions.map((name) => `do_test_${name}`),
  "0137_barrier_batch_consume": [
    "do_test_consume_batch_with_seek",
    "do_test_consume_batch_store_offset",
    "do_test_consume_batch_with_pause_and_resume_different_batch",
    "do_test_consume_batch_with_pause_and_resume_same_batch",
    "do_test_consume_batch_control_msgs",
    "do_test_consume_batch_eof_position",
  ],
};

function splitSubtests(test: LibrdkafkaTest): LibrdkafkaTest[] {
  return splitTests[test.name]?.map((subtest) => ({ ...test, subtest })) ?? [test];
}

/** Reads the table out of `test.c`. */
export function readTestTable(testFolder: string): LibrdkafkaTest[] {
  const source = readFileSync(`${testFolder}/test.c`, "utf8");
  const start = source.indexOf("struct test tests[] = {");
  const table = source.slice(start, source.indexOf("{NULL}};", start));
  return table
    .split(/_TEST\(/)
    .slice(1)
    .flatMap((entry) => {
      const [name = "", flags = ""] = entry.split(",").map((part) => part.trim());
      return splitSubtests({
        name,
        isLocal: flags.includes("TEST_F_LOCAL"),
        isManual: flags.includes("TEST_F_MANUAL"),
        isKnownIssue: /TEST_F_KNOWN_ISSUE\b(?!_)/.test(flags),
        scenario: /\.scenario = "([a-z0-9]+)/.exec(entry)?.[1] ?? "default",
      });
    });
}
