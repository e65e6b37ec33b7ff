// npm run test:kafkajs-suite [-- --target kafka --only consumer/seek,producer/index --repository DIR --write --differences]: kafkajs's own specs of producer, consumer and admin against `@ottla/client/kafkajs`.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { specs } from "./kafkajs-suite/excused-tests.ts";
import { formatResult, formatScoreboard, type JestReport, judgeSpec, type SpecResult } from "./kafkajs-suite/judge-spec.ts";
import { cloneKafkajs, clusterConfig, installSpecTools, kafkajsEnvironment, REPOSITORY } from "./kafkajs-suite/prepare.ts";
import { nodeBinary, repositoryRoot } from "./paths.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "./process/temporary-folder.ts";
import { startCluster } from "./target.ts";

const SPEC_TIMEOUT_MS = 300_000;
const PAGE = `${repositoryRoot}conformance/kafkajs.md`;

const { values } = parseArgs({
  options: {
    target: { type: "string", default: "ottla" },
    only: { type: "string" },
    repository: { type: "string", default: REPOSITORY },
    write: { type: "boolean", default: false },
    differences: { type: "boolean", default: false },
  },
});
if (values.target !== "ottla" && values.target !== "kafka") throw new Error(`--target is ottla or kafka, not "${values.target}".`);
const folder = makeTemporaryFolder("kafkajs-suite");
try {
  await cloneKafkajs(folder, values.repository);
  installSpecTools(folder);
  const cluster = await startCluster(values.target, { brokers: 3, config: clusterConfig });
  try {
    const results: SpecResult[] = [];
    for (const spec of specs.filter((each) => values.only?.split(",").some((word) => each.includes(word)) ?? true)) {
      const result = runSpec(spec, cluster.bootstrap);
      results.push(result);
      console.log(formatResult(result, values.differences));
    }
    const faults = results.flatMap((result) => result.faults);
    const passed = results.reduce((sum, result) => sum + result.passed, 0);
    console.log(`${results.length} spec files against ${values.target}: ${passed} tests passed, ${faults.length} faults`);
    if (values.write) writeFileSync(PAGE, formatScoreboard(results, values.target, readFileSync(PAGE, "utf8")));
    process.exitCode = faults.length === 0 && passed > 0 ? 0 : 1;
  } finally {
    await cluster.kill();
  }
} finally {
  removeTemporaryFolder(folder);
}

/** Each spec in a process and with a time limit of its own: one that hangs takes nothing of the others with it. */
function runSpec(spec: string, bootstrap: string): SpecResult {
  const report = join(folder, "report.json");
  rmSync(report, { force: true });
  const words = ["node_modules/jest/bin/jest.js", "--runInBand", "--forceExit", "--json", `--outputFile=${report}`];
  const started = performance.now();
  spawnSync(nodeBinary, [...words, `src/${spec}\\.spec\\.js$`], {
    cwd: folder,
    stdio: "ignore",
    timeout: SPEC_TIMEOUT_MS,
    killSignal: "SIGKILL",
    env: { ...process.env, ...kafkajsEnvironment(folder, bootstrap) },
  });
  const seconds = (performance.now() - started) / 1000;
  if (!existsSync(report))
    return { spec, seconds, passed: 0, excused: [], faults: [{ title: "(the file)", message: "did not end in its time" }] };
  return judgeSpec(spec, seconds, JSON.parse(readFileSync(report, "utf8")) as JestReport);
}
