// npm run test:history -- [--seeds 200] [--seed N]: simulated days on which everything goes wrong; each promise of the broker is looked at after each. One seed alone is told event by event.
import { inspect, parseArgs } from "node:util";
import { runSeed } from "./run-seed.ts";
import { isEndOfProcess } from "./world/life.ts";

const EVENTS_TOLD = "150";
const FAULTS_TOLD = 20;

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "200" },
    seed: { type: "string" },
    from: { type: "string", default: "1" },
    events: { type: "string", default: EVENTS_TOLD },
  },
});

let stray: string | undefined;
process.on("unhandledRejection", (error) => {
  if (!isEndOfProcess(error)) stray ??= error instanceof Error ? (error.stack ?? error.message) : inspect(error);
});

const first = Number(values.seed ?? values.from);
const count = values.seed === undefined ? Number(values.seeds) : 1;
const startedMs = performance.now();
let records = 0;
let incidents = 0;
let isBroken = false;
for (let seed = first; seed < first + count && !isBroken; seed++) {
  const outcome = await runSeed(seed);
  const faults = stray === undefined ? outcome.faults : [...outcome.faults, `nobody took an error: ${stray}`];
  records += outcome.recordsSent;
  incidents += outcome.incidents;
  isBroken = faults.length > 0;
  if (values.seed === undefined && !isBroken) continue;
  for (const line of outcome.trace.lines(Number(values.events))) console.log(line);
  for (const fault of faults.slice(0, FAULTS_TOLD)) console.log(`  ${fault}`);
  if (isBroken)
    console.log(`seed ${seed}: ${faults.length} promises were not kept; see it again with npm run test:history -- --seed ${seed}`);
}
if (isBroken) process.exitCode = 1;
else {
  const seconds = (performance.now() - startedMs) / 1000;
  const told = `${records} records, ${incidents} processes ended, no promise broken`;
  console.log(`${count} seeds from ${first}, ${told}; ${seconds.toFixed(1)} s, ${Math.round((count / seconds) * 60)} seeds a minute`);
}
