// npm run test:kafkajs-suite [-- --target kafka --only consumer/seek --repository DIR --write --differences]: kafkajs's own specs of producer, consumer and admin against `@ottla/client/kafkajs`.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { specs } from "./kafkajs-suite/excused-tests.ts";
import { formatResult, formatScoreboard, type JestReport, judgeSpec, type SpecResult } from "./kafkajs-suite/judge-spec.ts";
import { overlay } from "./kafkajs-suite/overlay.ts";
import { nodeBinary, repositoryRoot } from "./paths.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "./process/temporary-folder.ts";
import { startCluster } from "./target.ts";

const REPOSITORY = "https://github.com/tulios/kafkajs.git";
const TOOLS = [
  "jest@29.7.0",
  "jest-extended@4.0.2",
  "uuid@3.4.0",
  "semver@6.3.1",
  "execa@2.1.0",
  "jsonwebtoken@9.0.2",
  "glob@7.2.3",
  "mockdate@2.0.5",
];
const NATIVE = ["@node-rs/crc32@1.10.8", "snappy@7.4.3", "lz4-napi@2.10.0"];
/** As kafkajs's own set-up: quick groups, short sessions. */
const config = {
  "group.initial.rebalance.delay.ms": "0",
  "group.min.session.timeout.ms": "1",
  "num.partitions": "1",
  "auto.create.topics.enable": "true",
  "offsets.topic.num.partitions": "4",
};

const SPEC_TIMEOUT_MS = 300_000;

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
  await prepare();
  const cluster = await startCluster(values.target, { brokers: 3, config });
  try {
    const results: SpecResult[] = [];
    for (const spec of specs.filter((each) => values.only === undefined || each.includes(values.only))) {
      const result = runSpec(spec, cluster.bootstrap);
      results.push(result);
      console.log(formatResult(result, values.differences));
    }
    const faults = results.flatMap((result) => result.faults);
    const passed = results.reduce((sum, result) => sum + result.passed, 0);
    console.log(`${results.length} spec files against ${values.target}: ${passed} tests passed, ${faults.length} faults`);
    if (values.write) writeFileSync(`${repositoryRoot}conformance/kafkajs.md`, formatScoreboard(results, values.target));
    process.exitCode = faults.length === 0 && passed > 0 ? 0 : 1;
  } finally {
    await cluster.kill();
  }
} finally {
  removeTemporaryFolder(folder);
}

/** kafkajs's sources and specs, with our module in place of its insides. */
async function prepare(): Promise<void> {
  run("git", ["clone", "--quiet", "--depth", "1", values.repository, "."]);
  writeFileSync(join(folder, "package.json"), '{"name": "specs", "private": true}\n');
  run("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", ...TOOLS, ...NATIVE]);
  await build({
    entryPoints: [`${repositoryRoot}packages/client/src/kafkajs/index.ts`],
    bundle: true,
    platform: "node",
    format: "cjs",
    outfile: join(folder, "ottla.cjs"),
    conditions: ["source"],
    loader: { ".node": "copy" },
    define: { "import.meta.url": "moduleUrl" },
    banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
    logLevel: "error",
  });
  for (const [path, text] of Object.entries(overlay)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const setup = join(folder, "testHelpers", "setup.js");
  writeFileSync(setup, readFileSync(setup, "utf8").replace("require('jest-extended')", "require('jest-extended/all')"));
  const jest = {
    moduleNameMapper: { "^testHelpers$": "<rootDir>/testHelpers/index.js" },
    setupFilesAfterEnv: ["<rootDir>/testHelpers/setup.js"],
    testEnvironment: "node",
    testRegex: ".*\\.spec\\.js$",
    snapshotFormat: { escapeString: true, printBasicPrototype: true },
  };
  writeFileSync(join(folder, "jest.config.js"), `module.exports = ${JSON.stringify(jest)};\n`);
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
    env: { ...process.env, BOOTSTRAP: bootstrap, OTTLA_BUNDLE: join(folder, "ottla.cjs"), KAFKA_VERSION: "2.4", NODE_ENV: "test" },
  });
  const seconds = (performance.now() - started) / 1000;
  if (!existsSync(report))
    return { spec, seconds, passed: 0, excused: [], faults: [{ title: "(the file)", message: "did not end in its time" }] };
  return judgeSpec(spec, seconds, JSON.parse(readFileSync(report, "utf8")) as JestReport);
}

function run(command: string, words: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(command, words, { cwd: folder, encoding: "utf8", timeout: 600_000 });
  if (status !== 0) throw new Error(`"${command} ${words.join(" ")}" failed:\n${stdout}${stderr}`);
}
