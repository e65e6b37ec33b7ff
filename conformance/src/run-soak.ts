// npm run test:soak [-- --minutes 1440]: one broker under a steady load of producing, consuming, committing, compaction and retention. What it takes of memory, files and disk must not go on
// growing once it has warmed up, and others are answered all the time.
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { SoakLoad } from "./soak/soak-load.ts";
import { mostOf, type SoakSample, soakSample } from "./soak/soak-sample.ts";
import { startCluster, testProfile } from "./target.ts";

const MIB = 1 << 20;
const SAMPLES = 60;
/** Absolute ceilings, generous: two topics of two partitions, and their group. */
const CEILING: SoakSample = { residentBytes: 500 * MIB, openFiles: 400, diskBytes: 128 * MIB, answerMs: 5000 };
/** What the last third may take above the middle one. */
const GROWTH = 1.25;
const GROWTH_BYTES = 32 * MIB;

const { values } = parseArgs({ options: { minutes: { type: "string", default: "0.5" } } });
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error(`--minutes is a number above 0, not ${values.minutes}.`);
const config = {
  ...testProfile,
  "log.cleaner.backoff.ms": "500",
  "log.retention.check.interval.ms": "1000",
  "file.delete.delay.ms": "500",
};
const cluster = await startCluster("ottla", { brokers: 1, config });
const samples: SoakSample[] = [];
let faults: string[];
try {
  const load = new SoakLoad(cluster.bootstrap);
  await load.start();
  for (const endMs = performance.now() + minutes * 60_000; performance.now() < endMs && load.failure === undefined; ) {
    await sleep((minutes * 60_000) / SAMPLES);
    samples.push(await soakSample(cluster.pids[0]!, cluster.dataFolders[0]!, cluster.bootstrap));
  }
  await load.stop();
  faults = [...(load.failure === undefined ? [] : [`the load failed: ${load.failure.message}`]), ...faultsOf(samples)];
  if (load.consumedRecords === 0) faults.push("nothing was consumed");
  console.log(
    `${minutes} minutes, ${load.producedRecords} records produced, ${load.consumedRecords} consumed; at the most ${described(mostOf(samples))}`,
  );
} finally {
  await cluster.kill();
}
for (const fault of faults) console.log(`FAILED ${fault}`);
process.exitCode = faults.length === 0 ? 0 : 1;

function faultsOf(all: readonly SoakSample[]): string[] {
  const third = Math.floor(all.length / 3);
  if (third === 0) return ["there are too few samples"];
  const middle = mostOf(all.slice(third, 2 * third));
  const last = mostOf(all.slice(2 * third));
  const most = mostOf(all);
  const found: string[] = [];
  for (const field of ["residentBytes", "openFiles", "diskBytes", "answerMs"] as const)
    if (most[field] > CEILING[field]) found.push(`${field} went up to ${Math.round(most[field])}; ${CEILING[field]} is the ceiling`);
  for (const field of ["residentBytes", "diskBytes"] as const)
    if (last[field] > middle[field] * GROWTH + GROWTH_BYTES) found.push(`${field} goes on growing: ${middle[field]}, then ${last[field]}`);
  if (last.openFiles > middle.openFiles * GROWTH + 20) found.push(`open files go on growing: ${middle.openFiles}, then ${last.openFiles}`);
  return found;
}

function described({ residentBytes, openFiles, diskBytes, answerMs }: SoakSample): string {
  return `${Math.round(residentBytes / MIB)} MiB resident, ${openFiles} open files, ${Math.round(diskBytes / MIB)} MiB on disk, an answer after ${Math.round(answerMs)} ms`;
}
