import { rmSync, writeFileSync } from "node:fs";
import type { Target } from "../target.ts";
import { KAFKA_VERSION } from "../kafka/jars.ts";
import { runCommand } from "../process/child.ts";
import type { LibrdkafkaSuite } from "./build.ts";
import type { LibrdkafkaTest } from "./test-table.ts";

/** How one test ended. `note` is the reason of a skip or the first complaint of a failure. */
export interface TestResult {
  readonly name: string;
  readonly outcome: "passed" | "failed" | "not applicable";
  readonly seconds: number;
  readonly note: string;
}

const TIMEOUT_MULTIPLIER = 2;

function firstComplaint(output: string): string {
  const plain = output.replace(/\u001b\[[0-9;]*m/g, "");
  const lines = plain.split("\n").map((line) => line.trim());
  const complaint =
    lines.find((line) => /^### Test ".*" failed/.test(line)) ??
    lines.find((line) => /(FAIL|fatal|assert|timed? ?out)/i.test(line) && !line.startsWith("TEST")) ??
    lines.findLast((line) => line !== "") ??
    "";
  const at = lines.indexOf(complaint);
  return `${complaint} ${lines[at + 1] ?? ""}`.trim().slice(0, 240);
}

/** A test's name in results: `0081_admin:do_test_CreateTopics` where one subtest runs alone. */
export function resultName(test: LibrdkafkaTest): string {
  return test.subtest === undefined ? test.name : `${test.name}:${test.subtest}`;
}

function skipReason(name: string, output: string): string {
  const line = output.split("\n").findLast((each) => each.startsWith(`[${name} `) && each.includes("SKIPPING TEST"));
  return (line?.replace(/^.*SKIPPING TEST:?/, "").trim() || "the test skips itself").slice(0, 200);
}

/**
 * Runs one test of the suite alone, in full: in its quick mode (-Q) the suite leaves most subtests out and passes all the same.
 * A test that outlives `timeoutMs` has failed.
 */
export async function runLibrdkafkaTest(
  suite: LibrdkafkaSuite,
  test: LibrdkafkaTest,
  target: Target,
  kafkaPath: string,
  timeoutMs: number,
): Promise<{ result: TestResult; output: string }> {
  // A file of its own for each run: two runs at a time must not send each other to the wrong cluster.
  const configuration = `${suite.testFolder}/ottla-test-${process.pid}.conf`;
  writeFileSync(configuration, `bootstrap.servers=${target.bootstrap}\ntest.timeout.multiplier=${TIMEOUT_MULTIPLIER}\ntest.topic.random=true\n`);
  const startedAt = performance.now();
  const finished = await runCommand("./test-runner", ["-p1", "-L", "-s", test.scenario], {
    cwd: suite.testFolder,
    timeoutMs,
    env: {
      LD_LIBRARY_PATH: suite.libraryPath,
      TESTS: test.name,
      ...(test.subtest === undefined ? {} : { SUBTESTS: test.subtest }),
      TEST_KAFKA_VERSION: KAFKA_VERSION,
      RDKAFKA_TEST_CONF: configuration,
      KAFKA_PATH: kafkaPath,
      BROKERS: target.bootstrap,
      CLASSPATH: "",
    },
  });
  rmSync(configuration);
  const output = `${finished.stdout}${finished.stderr}`;
  const seconds = (performance.now() - startedAt) / 1_000;
  const plain = output.replace(/\u001b\[[0-9;]*m/g, "");
  const row = new RegExp(`\\| ${test.name} +\\| +(\\w+) \\|[^|]*\\|?(.*)`).exec(plain);
  const state = row?.[1];
  const name = resultName(test);
  const { subtest } = test;
  const subtestRan = subtest === undefined || plain.split("\n").some((line) => line.includes("] [ ") && line.includes(subtest));
  if (finished.status === "TIMEOUT") return { result: { name, outcome: "failed", seconds, note: `still running after ${timeoutMs / 1_000} s` }, output };
  if (state === "SKIPPED") return { result: { name, outcome: "not applicable", seconds, note: skipReason(test.name, plain) }, output };
  if (!subtestRan) return { result: { name, outcome: "failed", seconds, note: "no such subtest was run" }, output };
  if (state === "PASSED" && finished.status === 0) return { result: { name, outcome: "passed", seconds, note: "" }, output };
  return { result: { name, outcome: "failed", seconds, note: firstComplaint(output) }, output };
}
