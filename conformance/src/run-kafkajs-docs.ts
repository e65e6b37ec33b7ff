// npm run test:kafkajs-docs [-- --target kafka --only Consuming --repository DIR]: the code of kafkajs's own README and documentation, run as it stands against `@ottla/client/kafkajs`.
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { type BlockOutcome, excusedBlocks, pages } from "./kafkajs-suite/documentation.ts";
import { cloneKafkajs, clusterConfig, installKafkajs, kafkajsEnvironment, REPOSITORY } from "./kafkajs-suite/prepare.ts";
import { nodeBinary, repositoryRoot } from "./paths.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "./process/temporary-folder.ts";
import { startCluster } from "./target.ts";

const PAGE_TIMEOUT_MS = 300_000;

const { values } = parseArgs({
  options: { target: { type: "string", default: "ottla" }, only: { type: "string" }, repository: { type: "string", default: REPOSITORY } },
});
if (values.target !== "ottla" && values.target !== "kafka") throw new Error(`--target is ottla or kafka, not "${values.target}".`);
const folder = makeTemporaryFolder("kafkajs-docs");
try {
  await cloneKafkajs(folder, values.repository);
  installKafkajs(folder);
  const cluster = await startCluster(values.target, { brokers: 3, config: clusterConfig });
  const totals = { ran: 0, excused: 0, faults: 0 };
  try {
    for (const page of pages.filter((each) => values.only === undefined || each.includes(values.only)))
      runPage(page, cluster.bootstrap, totals);
  } finally {
    await cluster.kill();
  }
  console.log(`${totals.ran} pieces of code ran, ${totals.excused} not, as named, ${totals.faults} faults`);
  process.exitCode = totals.faults === 0 && totals.ran > 0 ? 0 : 1;
} finally {
  removeTemporaryFolder(folder);
}

/** A piece of code that does not run with kafkajs itself need not run with ours: it is the shape of a call, or needs what is not there. */
function runPage(page: string, bootstrap: string, totals: { ran: number; excused: number; faults: number }): void {
  const ours = runOver("ours", page, bootstrap);
  const theirs = new Map(runOver("kafkajs", page, bootstrap).map(({ line, error }) => [line, error]));
  const notRun = ours.filter(({ error }) => error !== undefined);
  const isExcused = ({ line, error }: BlockOutcome): boolean =>
    theirs.get(line) !== undefined || excusedBlocks.some(({ says }) => says.test(error!));
  const faults = notRun.filter((each) => !isExcused(each));
  totals.ran += ours.length - notRun.length;
  totals.excused += notRun.length - faults.length;
  totals.faults += faults.length;
  console.log(
    `${page}: ${ours.length - notRun.length} ran, ${notRun.length - faults.length} run neither with kafkajs or are excused, ${faults.length} faults`,
  );
  for (const { line, error } of faults) console.log(`  FAILED ${page}:${line} ${error}`);
  if (ours.at(-1)?.isLast === true) return;
  totals.faults++;
  console.log(`  FAILED ${page}: it did not end`);
}

function runOver(whose: "ours" | "kafkajs", page: string, bootstrap: string): BlockOutcome[] {
  const program = `${repositoryRoot}conformance/src/kafkajs-suite/run-page.ts`;
  const { stdout, stderr } = spawnSync(nodeBinary, ["--conditions=source", program, folder, page, whose], {
    cwd: folder,
    encoding: "utf8",
    timeout: PAGE_TIMEOUT_MS,
    killSignal: "SIGKILL",
    env: { ...process.env, ...kafkajsEnvironment(folder, bootstrap) },
  });
  if (whose === "ours" && stderr !== "") console.log(stderr.slice(-2000));
  return stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as BlockOutcome);
}
