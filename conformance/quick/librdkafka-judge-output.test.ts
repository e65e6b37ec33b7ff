import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { judgeOutput } from "../src/librdkafka/judge-output.ts";
import type { LibrdkafkaTest } from "../src/librdkafka/test-table.ts";

function named(name: string, subtest?: string): LibrdkafkaTest {
  return { name, isLocal: false, isManual: false, isKnownIssue: false, scenario: "default", ...(subtest === undefined ? {} : { subtest }) };
}

const passedRow = "| 0012_produce_consume                     |     PASSED |   1.537s |\n";

describe("the judge of librdkafka's output", () => {
  test("takes a test that passed with its own time", () => {
    const output = `\u001b[32m[0012 / 1s] ================= Test 0012_produce_consume PASSED =================\n${passedRow}`;
    assert.deepEqual(judgeOutput(named("0012_produce_consume"), output, 0, 9), {
      name: "0012_produce_consume",
      outcome: "passed",
      seconds: 1.537,
      note: "",
    });
  });

  test("keeps what passed before another test of the same number failed", () => {
    const output =
      '[x] ===== Test 0045_a PASSED =====\n### Test "0045_b" failed at 0045.c:12:wait() at Sat: ###\ntimed out\ntest-runner: Assertion `0\' failed.\n';
    assert.equal(judgeOutput(named("0045_a"), output, "SIGABRT", 9).outcome, "passed");
    assert.deepEqual(judgeOutput(named("0045_b"), output, "SIGABRT", 9), {
      name: "0045_b",
      outcome: "failed",
      seconds: 9,
      note: "0045.c:12:wait() timed out",
    });
    assert.equal(judgeOutput(named("0045_never_reached"), output, "SIGABRT", 9).outcome, "failed");
  });

  test("counts a failure of a subtest although the test goes on to pass", () => {
    const output = '### Test "0050_adds (range)" failed at 0050.c:4 ###\nno topic\n[x] ===== Test 0050_adds PASSED =====\n';
    assert.equal(judgeOutput(named("0050_adds"), output, 0, 1).outcome, "failed");
  });

  test("tells a hanging test from one that said why it failed", () => {
    assert.equal(
      judgeOutput(named("0018_cgrp_term"), "[x] 1 test(s) running\n", "TIMEOUT", 300).note,
      "still running when its time was over",
    );
  });

  test("gives the suite's reason for a skip", () => {
    const output =
      "[0053_stats  / 0.0s] SKIPPING TEST: RapidJSON not available\n| 0053_stats    |    SKIPPED |   0.000s | RapidJSON not available |\n";
    assert.deepEqual(judgeOutput(named("0053_stats"), output, 0, 1), {
      name: "0053_stats",
      outcome: "not applicable",
      seconds: 1,
      note: "RapidJSON not available",
    });
  });

  test("finds a subtest by a part of its heading", () => {
    const output =
      "[0055_producer_latency / 1.1s] [ test_producer_latency:187: no acks (0ms): PASS (0.10s) ]\n[x] ===== Test 0055_producer_latency PASSED =====\n";
    assert.equal(judgeOutput(named("0055_producer_latency", "no acks"), output, 0, 1).outcome, "passed");
  });

  test("gives a subtest's own reason for a skip, unless another variation of it ran", () => {
    const passed = "[x] ===== Test 0113_coop PASSED =====\n";
    const skip = "[0113_coop / 0.0s] [ g_eager:1412: SKIP: only for `classic` groups ]\n";
    const run = "[0113_coop / 0.0s] [ g_eager:1412: variation 2: PASS (0.10s) ]\n";
    assert.deepEqual(judgeOutput(named("0113_coop", "g_eager"), skip + passed, 0, 1), {
      name: "0113_coop:g_eager",
      outcome: "not applicable",
      seconds: 1,
      note: "only for `classic` groups",
    });
    assert.equal(judgeOutput(named("0113_coop", "g_eager"), skip + run + passed, 0, 1).outcome, "passed");
  });

  test("takes no run for a pass in which the wanted subtest does not exist", () => {
    const output = "[x] ===== Test 0081_admin PASSED =====\n| 0081_admin |  PASSED |  0.1s |\n";
    assert.equal(judgeOutput(named("0081_admin", "do_test_Nothing"), output, 0, 1).outcome, "failed");
  });
});
