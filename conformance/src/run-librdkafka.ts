// npm run test:librdkafka [-- --target kafka --only 0012,0031 --report FILE --timeout-s 300]: librdkafka's own suite, one test at a time.
import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { RunningCluster } from "./cluster.ts";
import { requireLibrdkafkaSuite } from "./librdkafka/build.ts";
import { reasonNotApplicable } from "./librdkafka/not-applicable.ts";
import { resultName, runLibrdkafkaTest, type TestResult } from "./librdkafka/run-test.ts";
import { formatScoreboard } from "./librdkafka/scoreboard.ts";
import { writeKafkaShims } from "./librdkafka/shims.ts";
import { type LibrdkafkaTest, readTestTable } from "./librdkafka/test-table.ts";
import { cacheRoot, repositoryRoot } from "./paths.ts";
import { startCluster, testProfile } from "./target.ts";

const { values } = parseArgs({
  options: {
    target: { type: "string", default: "ottla" },
    only: { type: "string" },
    report: { type: "string" },
    "timeout-s": { type: "string", default: "300" },
  },
});
if (values.target !== "ottla" && values.target !== "kafka") {
  process.stderr.write(`--target is ottla or kafka, not "${values.target}".\n`);
  process.exit(2);
}
const kind = values.target;
const suite = await requireLibrdkafkaSuite();
const kafkaPath = await writeKafkaShims();
const outputFolder = `${cacheRoot}/librdkafka-output-${kind}`;
mkdirSync(outputFolder, { recursive: true });

const table = readTestTable(suite.testFolder);
const wanted = values.only?.split(",");
const chosen = table.filter((test) => !test.isLocal && !test.isManual && (wanted === undefined || wanted.some((text) => resultName(test).includes(text))));
const results = new Map<string, TestResult>();

async function runScenario(scenario: string, tests: readonly LibrdkafkaTest[]): Promise<void> {
  const config = { ...testProfile, ...(scenario === "noautocreate" ? { "auto.create.topics.enable": "false" } : {}) };
  let cluster: RunningCluster | undefined;
  for (const test of tests) {
    const name = resultName(test);
    const reason = reasonNotApplicable(name);
    if (reason !== undefined && wanted === undefined) {
      results.set(name, { name, outcome: "not applicable", seconds: 0, note: reason });
      continue;
    }
    cluster ??= await startCluster(kind, { brokers: 3, config });
    const { result, output } = await runLibrdkafkaTest(suite, test, cluster, kafkaPath, Number(values["timeout-s"]) * 1_000);
    writeFileSync(`${outputFolder}/${name.replaceAll(/[^\w-]+/g, "-")}.txt`, output);
    results.set(name, result);
    process.stdout.write(`${result.outcome.padEnd(14)} ${name} ${result.seconds.toFixed(1)} s ${result.note}\n`);
  }
  await cluster?.stop();
}

for (const scenario of new Set(chosen.map((test) => test.scenario))) {
  await runScenario(scenario, chosen.filter((test) => test.scenario === scenario));
}

const ordered = chosen.flatMap((test) => results.get(resultName(test)) ?? []);
const report = values.report ?? (kind === "ottla" && wanted === undefined ? `${repositoryRoot}conformance/librdkafka.md` : undefined);
if (report !== undefined) {
  writeFileSync(
    report,
    formatScoreboard({
      version: suite.version,
      targetName: kind === "ottla" ? "ottla dev --brokers 3" : "Apache Kafka, three nodes",
      command: "npm run test:librdkafka",
      results: ordered,
      localCount: table.filter((test) => test.isLocal).length,
      manualCount: table.filter((test) => test.isManual).length,
    }),
  );
}
const failed = ordered.filter((each) => each.outcome === "failed");
process.stdout.write(`${ordered.length} tests, ${failed.length} failed${failed.length > 0 ? `: ${failed.map((each) => each.name).join(", ")}` : ""}. Output of each: ${outputFolder}\n`);
process.exitCode = failed.length > 0 ? 1 : 0;
