// npm run test:history:bugs [-- --seeds 400 --short --jobs N WORD…]: puts each seeded bug into the broker and looks how many seeds the simulation needs to find it: ten short days for each
// of the seeds, and if they do not find it (and unless --short is said), a whole day for each. Fails when one is not found.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "../workspaces.ts";
import type { SeededBug } from "./bugs/seeded-bug.ts";
import { seededBugs } from "./bugs/seeded-bugs.ts";
import type { DayLength } from "./scenario.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: "string", default: "400" },
    from: { type: "string", default: "1" },
    short: { type: "boolean", default: false },
    jobs: { type: "string", default: "1" },
  },
});

const SHORT_DAYS_PER_SEED = 10;

/** What some days of a broker with a bug have shown. */
interface Search {
  readonly length: DayLength;
  readonly days: number;
  /** How many of them it took; undefined where none has found it. */
  readonly daysNeeded: number | undefined;
  readonly fault: string;
}

const folder = join(root, "tools/bad-days");
const wanted = seededBugs.filter(
  ({ breaks, area, file }) => positionals.length === 0 || positionals.some((word) => `${breaks} ${area} ${file}`.includes(word)),
);
let missed = 0;
const waiting = [...wanted];
await Promise.all(Array.from({ length: Number(values.jobs) }, findOneAfterAnother));
console.log(`${wanted.length - missed} of ${wanted.length} seeded bugs were found.`);
process.exitCode = missed === 0 ? 0 : 1;

async function findOneAfterAnother(): Promise<void> {
  for (let bug = waiting.shift(); bug !== undefined; bug = waiting.shift()) {
    const searches = [await search(bug, "short", SHORT_DAYS_PER_SEED * Number(values.seeds))];
    if (searches[0]!.daysNeeded === undefined && !values.short) searches.push(await search(bug, "whole", Number(values.seeds)));
    tell(bug, searches);
  }
}

function tell(bug: SeededBug, searches: readonly Search[]): void {
  const { daysNeeded, length, fault } = searches.at(-1)!;
  if (daysNeeded === undefined) missed++;
  const verdict =
    daysNeeded === undefined
      ? `NOT FOUND in ${searches.map((each) => `${each.days} ${each.length} days`).join(" and ")}`
      : `found in ${String(daysNeeded).padStart(4)} ${length} days`;
  console.log(`${verdict}  ${bug.area.padEnd(12)} ${bug.breaks}\n    ${fault.slice(0, 180)}`);
}

function search(bug: SeededBug, length: DayLength, days: number): Promise<Search> {
  const args = [
    "--conditions=source",
    "--import",
    join(folder, "bugs/put-in-bug.ts"),
    join(folder, "bad-days.ts"),
    "--seeds",
    String(days),
    "--from",
    values.from,
    "--events",
    "0",
    ...(length === "short" ? ["--short"] : []),
  ];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, OTTLA_SEEDED_BUG: String(seededBugs.indexOf(bug)) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once("close", (status) => {
      const seed = /^seed (\d+): /m.exec(output)?.[1];
      if (seed === undefined && status !== 0) return reject(new Error(`The days could not be lived: ${errors.trim().slice(-1000)}`));
      const fault = output
        .split("\n")
        .find((line) => line.startsWith("  "))
        ?.trim();
      resolve({
        length,
        days,
        daysNeeded: seed === undefined ? undefined : Number(seed) - Number(values.from) + 1,
        fault: fault ?? output.trim(),
      });
    });
  });
}
