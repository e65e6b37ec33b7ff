import { writeFileSync } from "node:fs";
import { KAFKA_VERSION } from "../kafka/jars.ts";
import { runCommand } from "../process/child.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../process/temporary-folder.ts";
import type { Target } from "../target.ts";
import type { LibrdkafkaSuite } from "./build.ts";
import { judgeOutput, type TestResult } from "./judge-output.ts";
import { groupProtocol, restriction } from "./test-conditions.ts";
import type { SecuredCluster } from "./secure-set-up.ts";
import type { LibrdkafkaTest } from "./test-table.ts";

/** Waits in the suite are this much longer: they are cut close for a machine that does other things too. */
const TIMEOUT_MULTIPLIER = 2;

/** What one start of the suite's runner left. */
export interface TestRun {
  readonly results: readonly TestResult[];
  readonly output: string;
}

/**
 * Runs tests that share a number (the suite selects by number) alone and in full: in its quick mode (-Q) the suite leaves most subtests
 * out and passes all the same. What outlives `timeoutMs` has failed. Runs may stand side by side: each has its own configuration, which
 * the suite reads again for every client it makes.
 */
export async function runLibrdkafkaTests(
  suite: LibrdkafkaSuite,
  tests: readonly [LibrdkafkaTest, ...LibrdkafkaTest[]],
  target: Pick<Target, "bootstrap">,
  kafkaPath: string,
  timeoutMs: number,
  secured?: Pick<SecuredCluster, "clientConfig" | "env">,
): Promise<TestRun> {
  const [{ name, scenario, subtest }] = tests;
  const folder = makeTemporaryFolder("librdkafka");
  const configuration = `${folder}/test.conf`;
  const lines = {
    "bootstrap.servers": target.bootstrap,
    "test.timeout.multiplier": String(TIMEOUT_MULTIPLIER),
    "test.topic.random": "true",
    ...secured?.clientConfig,
  };
  writeFileSync(
    configuration,
    Object.entries(lines)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(""),
  );
  const startedAt = performance.now();
  const { status, stdout, stderr } = await runCommand("./test-runner", ["-p1", "-L", "-s", scenario], {
    cwd: suite.testFolder,
    timeoutMs,
    env: {
      LD_LIBRARY_PATH: suite.libraryPath,
      TESTS: name.slice(0, 4),
      ...(subtest === undefined ? {} : { SUBTESTS: subtest }),
      TEST_KAFKA_VERSION: KAFKA_VERSION,
      ...(groupProtocol === undefined ? {} : { TEST_CONSUMER_GROUP_PROTOCOL: groupProtocol }),
      RDKAFKA_TEST_CONF: configuration,
      KAFKA_PATH: kafkaPath,
      BROKERS: target.bootstrap,
      CLASSPATH: "",
      ...secured?.env,
    },
  });
  removeTemporaryFolder(folder);
  const output = `${stdout}${stderr}`;
  const seconds = (performance.now() - startedAt) / 1_000;
  const judge = (test: LibrdkafkaTest): TestResult => {
    const result = judgeOutput(test, output, status, seconds);
    return result.note === "" ? { ...result, note: restriction(test.name) } : result;
  };
  return { results: tests.map(judge), output };
}
