// npm run test:librdkafka [-- --target kafka --only 0012,0031 --jobs 3 --timeout-s 900]: librdkafka's own suite, one test number at a time.
// TEST_CONSUMER_GROUP_PROTOCOL=consumer before it: consumers join groups by KIP-848. The scoreboard is written from the latest results of both modes; `--only ""` runs nothing and writes it again.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { RunningCluster } from "./cluster.ts";
import { KAFKA_VERSION } from "./kafka/jars.ts";
import { requireLibrdkafkaSuite } from "./librdkafka/build.ts";
import { resultName, type TestResult } from "./librdkafka/judge-output.ts";
import { reasonNotApplicable } from "./librdkafka/not-applicable.ts";
import { ResultStore } from "./librdkafka/result-store.ts";
import { runLibrdkafkaTests, type TestRun } from "./librdkafka/run-test.ts";
import { formatScoreboard, type ResultColumn } from "./librdkafka/scoreboard.ts";
import { writeKafkaShims } from "./librdkafka/shims.ts";
import { startSecured } from "./librdkafka/secure-set-up.ts";
import { faultsFor, groupProtocol, ownConfig, ownTimeLimitS, secureNeed } from "./librdkafka/test-conditions.ts";
import { type LibrdkafkaTest, readTestTable } from "./librdkafka/test-table.ts";
import { repositoryRoot } from "./paths.ts";
import { startCluster, testProfile } from "./target.ts";

const { values } = parseArgs({
  options: {
    target: { type: "string", default: "ottla" },
    only: { type: "string" },
    jobs: { type: "string", default: "1" },
    "timeout-s": { type: "string", default: "900" },
  },
});
if (values.target !== "ottla" && values.target !== "kafka") {
  process.stderr.write(`--target is ottla or kafka, not "${values.target}".\n`);
  process.exit(2);
}
const kind = values.target;
const suite = await requireLibrdkafkaSuite();
const kafkaPath = await writeKafkaShims();
const store = new ResultStore(kind, groupProtocol);

const table = readTestTable(suite.testFolder);
const listed = table.filter((test) => !test.isLocal && !test.isManual);
const wanted = values.only?.split(",").filter((text) => text !== "");
const applicable = listed.filter((test) => reasonNotApplicable(resultName(test)) === undefined);
const chosen = wanted === undefined ? applicable : listed.filter((test) => wanted.some((text) => resultName(test).includes(text)));
const failed: string[] = [];

type TestGroup = [LibrdkafkaTest, ...LibrdkafkaTest[]];

/** Tests that the suite can only start together: those of one number, and each subtest that stands for itself. */
function groupByRun(tests: readonly LibrdkafkaTest[]): TestGroup[] {
  const groups = new Map<string, TestGroup>();
  for (const test of tests) {
    const key = `${test.scenario} ${test.name.slice(0, 4)} ${test.subtest ?? ""}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [test]);
    else group.push(test);
  }
  return [...groups.values()];
}

function save({ results, output }: TestRun): void {
  for (const result of results) {
    store.save(result, output);
    if (result.outcome === "failed") failed.push(result.name);
    process.stdout.write(`${result.outcome.padEnd(14)} ${result.name} ${result.seconds.toFixed(1)} s ${result.note}\n`);
  }
}

async function work(queue: TestGroup[], config: Readonly<Record<string, string>>): Promise<void> {
  let cluster: RunningCluster | undefined;
  for (let group = queue.shift(); group !== undefined; group = queue.shift()) {
    const need = secureNeed(resultName(group[0]));
    if (need !== undefined) {
      await using secured = await startSecured(kind, need, config);
      save(await runLibrdkafkaTests(suite, group, secured, kafkaPath, Number(values["timeout-s"]) * 1_000, secured));
      continue;
    }
    const faults = faultsFor(group[0].name);
    const more = ownConfig(group[0].name + (group[0].subtest ?? ""));
    const needsOwn = faults.length > 0 || Object.keys(more).length > 0;
    const own = needsOwn ? await startCluster(kind, { brokers: 3, config: { ...config, ...more }, faults }) : undefined;
    if (own === undefined) cluster ??= await startCluster(kind, { brokers: 3, config });
    const limitS = Math.max(Number(values["timeout-s"]), ownTimeLimitS(group[0].name));
    const run = await runLibrdkafkaTests(suite, group, own ?? cluster!, kafkaPath, limitS * 1_000);
    await own?.stop();
    save(run);
  }
  await cluster?.stop();
}

for (const scenario of new Set(chosen.map((test) => test.scenario))) {
  const config = {
    ...testProfile,
    // 0102, 0113 and 0118 start two consumers and count on one rebalance for both; without a delay Kafka itself fails the latter two.
    "group.initial.rebalance.delay.ms": "300",
    ...(scenario === "noautocreate" ? { "auto.create.topics.enable": "false" } : {}),
  };
  const lastSeconds = ([test]: TestGroup): number => store.find(resultName(test))?.seconds ?? ownTimeLimitS(test.name);
  // With several at once the long ones go first, so that none is left running alone at the end.
  const queue = groupByRun(chosen.filter((test) => test.scenario === scenario));
  if (values.jobs !== "1") queue.sort((a, b) => lastSeconds(b) - lastSeconds(a));
  await Promise.all(Array.from({ length: Number(values.jobs) }, () => work(queue, config)));
}

if (kind === "ottla") {
  const stores: Readonly<Record<ResultColumn, ResultStore>> = {
    classic: new ResultStore("ottla"),
    consumer: new ResultStore("ottla", "consumer"),
    kafkaClassic: new ResultStore("kafka"),
    kafkaConsumer: new ResultStore("kafka", "consumer"),
  };
  const resultsOf = (name: string): Partial<Record<ResultColumn, TestResult>> => {
    const reason = reasonNotApplicable(name);
    if (reason !== undefined) {
      const result: TestResult = { name, outcome: "not applicable", seconds: 0, note: reason };
      return { classic: result, consumer: result };
    }
    const entries = Object.entries(stores).map(([column, results]) => [column, results.find(name)] as const);
    return Object.fromEntries(entries.filter(([, result]) => result !== undefined));
  };
  writeFileSync(
    `${repositoryRoot}conformance/librdkafka.md`,
    formatScoreboard({
      version: suite.version,
      kafkaVersion: KAFKA_VERSION,
      targetName: "ottla dev --brokers 3",
      command: "npm run test:librdkafka",
      rows: listed.map((test) => ({ name: resultName(test), results: resultsOf(resultName(test)) })),
      localCount: table.filter((test) => test.isLocal).length,
      manualCount: table.filter((test) => test.isManual).length,
    }),
  );
}
process.stdout.write(
  `${chosen.length} tests, ${failed.length} failed${failed.length > 0 ? `: ${failed.join(", ")}` : ""}. Output of each: ${store.folder}\n`,
);
process.exitCode = failed.length > 0 ? 1 : 0;
