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

// A test stops at the first of its cases that fails: run one by one, each stands for itself.
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
  // Cases of a minute and more that wait for timers: one after another they outlive the suite's own limit for a test on a busy machine.
  "0113_cooperative_rebalance": [
    ...["a_assign_tests", "b_subscribe_with_cb_test", "c_subscribe_no_cb_test", "d_change_subscription_add_topic"],
    ...["e_change_subscription_remove_topic", "f_assign_call_cooperative", "g_incremental_assign_call_eager", "h_delete_topic"],
    ...["i_delete_topic_2", "j_delete_topic_no_rb_callback", "k_add_partition", "l_unsubscribe", "m_unsubscribe_2", "n_wildcard"],
    ...["o_java_interop", "s_subscribe_when_rebalancing", "t_max_poll_interval_exceeded"],
    ...[1, 0].flatMap((cb) => [0, 1, 2].map((variation) => `use_rebalance_cb: ${cb}, subscription_variation: ${variation}`)),
    ...["v_commit_during_rebalance", "x_incremental_rebalances"],
  ],
  // What is left out is about share groups.
  "0135_sasl_credentials": ["do_test:", "do_test_share_consumer"],
  "0142_reauthentication": [
    ...["do_test_consumer", "do_test_producer", "do_test_txn_producer", "do_test_oauthbearer", "do_test_reauth_failure"],
    ...["do_test_share_consumer", "do_test_share_oauthbearer", "do_test_share_reauth_failure"],
  ],
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
