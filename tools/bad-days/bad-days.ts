// npm run test:history -- [--seeds 200] [--from N | --fresh] [--jobs N] [--keep-going] [--short] [--seed N]: simulated days on which everything goes wrong; each promise of the broker is looked at
// after each. One seed alone is told event by event. --fresh begins where nobody has been, and says where; --keep-going does not stop at the first day that fails. --short: days of half a second.
import { randomInt } from "node:crypto";
import { inspect, parseArgs } from "node:util";
import { runInProcesses } from "./in-processes.ts";
import { runSeed } from "./run-seed.ts";
import { type Tally, tellTally } from "./tally.ts";
import { isEndOfProcess } from "./world/life.ts";

const EVENTS_TOLD = "150";
const FAULTS_TOLD = 20;
const TELL_EVERY_MS = 30_000;
const FRESH_FROM = 1_000_000;
const FRESH_TO = 2 ** 31;

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "200" },
    seed: { type: "string" },
    from: { type: "string", default: "1" },
    fresh: { type: "boolean", default: false },
    jobs: { type: "string", default: "1" },
    "keep-going": { type: "boolean", default: false },
    short: { type: "boolean", default: false },
    events: { type: "string", default: EVENTS_TOLD },
  },
});

let stray: string | undefined;
process.on("unhandledRejection", (error) => {
  if (!isEndOfProcess(error)) stray ??= error instanceof Error ? (error.stack ?? error.message) : inspect(error);
});

const first = Number(values.seed ?? (values.fresh ? randomInt(FRESH_FROM, FRESH_TO) : values.from));
const count = values.seed === undefined ? Number(values.seeds) : 1;
const jobs = Math.min(count, Number(values.jobs));
if (values.fresh)
  console.log(
    `fresh seeds from ${first}: see them again with npm run test:history -- ${values.short ? "--short " : ""}--seeds ${count} --from ${first}`,
  );
const startedMs = performance.now();
const tally =
  jobs > 1
    ? await runInProcesses(process.argv[1]!, {
        first,
        count,
        jobs,
        keepsGoing: values["keep-going"],
        events: values.events,
        isShort: values.short,
      })
    : await run(first, count);
tellTally(tally, { first, count, seconds: (performance.now() - startedMs) / 1000 });
process.exitCode = tally.broken.length === 0 ? 0 : 1;

async function run(from: number, seeds: number): Promise<Tally> {
  let records = 0;
  let incidents = 0;
  const broken: number[] = [];
  let toldMs = performance.now();
  for (let seed = from; seed < from + seeds && (broken.length === 0 || values["keep-going"]); seed++) {
    const outcome = await runSeed(seed, values.short ? "short" : "whole");
    const faults = stray === undefined ? outcome.faults : [...outcome.faults, `nobody took an error: ${stray}`];
    stray = undefined;
    if (performance.now() - toldMs > TELL_EVERY_MS) {
      toldMs = performance.now();
      process.stderr.write(`  ${seed - from + 1} of ${seeds} seeds from ${from}\n`);
    }
    records += outcome.recordsSent;
    incidents += outcome.incidents;
    if (faults.length > 0) broken.push(seed);
    if (values.seed === undefined && faults.length === 0) continue;
    for (const line of outcome.trace.lines(Number(values.events))) console.log(line);
    for (const fault of faults.slice(0, FAULTS_TOLD)) console.log(`  ${fault}`);
    if (faults.length > 0)
      console.log(
        `seed ${seed}: ${faults.length} promises were not kept; see it again with npm run test:history -- ${values.short ? "--short " : ""}--seed ${seed}`,
      );
  }
  return { records, incidents, broken };
}
