// npm run test:history -- [--seeds 1000] [--seed N]: simulated days on which everything goes wrong; each promise of the broker is looked at after each. One seed alone is told event by event.
import { inspect, parseArgs } from "node:util";
import { runSeed } from "./run-seed.ts";
import { isEndOfProcess } from "./world/life.ts";

const TOLD_EVENTS = 150;

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "500" },
    seed: { type: "string" },
    from: { type: "string", default: "1" },
    events: { type: "string" },
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
for (let seed = first; seed < first + count; seed++) {
  const outcome = await runSeed(seed);
  const faults = stray === undefined ? outcome.faults : [...outcome.faults, `nobody took an error: ${stray}`];
  records += outcome.recordsSent;
  incidents += outcome.incidents;
  if (values.seed !== undefined || faults.length > 0) {
    for (const line of outcome.trace.lines(Number(values.events ?? TOLD_EVENTS))) console.log(line);
    for (const fault of faults.slice(0, 20)) console.log(`  ${fault}`);
  }
  if (faults.length === 0) continue;
  console.log(`seed ${seed}: ${faults.length} promises were not kept; see it again with npm run test:history -- --seed ${seed}`);
  process.exit(1);
}
const seconds = (performance.now() - startedMs) / 1000;
console.log(
  `${count} seeds from ${first}, ${records} records, ${incidents} processes ended, no promise broken; ${seconds.toFixed(1)} s, ${Math.round((count / seconds) * 60)} seeds a minute`,
);
