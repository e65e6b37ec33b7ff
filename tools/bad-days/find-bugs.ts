// npm run test:history:bugs [-- --seeds 400 --short --jobs N WORD…]: puts each seeded bug into the broker and looks how many seeds the simulation needs to find it. Fails when one is not found.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "../workspaces.ts";
import type { SeededBug } from "./bugs/seeded-bug.ts";
import { seededBugs } from "./bugs/seeded-bugs.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: "string", default: "400" },
    from: { type: "string", default: "1" },
    short: { type: "boolean", default: false },
    jobs: { type: "string", default: "1" },
  },
});

interface Found {
  readonly seedsNeeded: number | undefined;
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
  for (let bug = waiting.shift(); bug !== undefined; bug = waiting.shift()) tell(bug, await find(seededBugs.indexOf(bug)));
}

function tell(bug: SeededBug, { seedsNeeded, fault }: Found): void {
  if (seedsNeeded === undefined) missed++;
  const verdict = seedsNeeded === undefined ? `NOT FOUND in ${values.seeds} seeds` : `found in ${String(seedsNeeded).padStart(3)} seeds`;
  console.log(`${verdict}  ${bug.area.padEnd(12)} ${bug.breaks}\n    ${fault.slice(0, 180)}`);
}

function find(index: number): Promise<Found> {
  const args = [
    "--conditions=source",
    "--import",
    join(folder, "bugs/put-in-bug.ts"),
    join(folder, "bad-days.ts"),
    "--seeds",
    values.seeds,
    "--from",
    values.from,
    "--events",
    "0",
    ...(values.short ? ["--short"] : []),
  ];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, OTTLA_SEEDED_BUG: String(index) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  return new Promise((resolve) => {
    child.once("close", () => {
      const seed = /^seed (\d+): /m.exec(output)?.[1];
      const fault = output
        .split("\n")
        .find((line) => line.startsWith("  "))
        ?.trim();
      resolve({
        seedsNeeded: seed === undefined ? undefined : Number(seed) - Number(values.from) + 1,
        fault:
          fault ??
          (errors
            .trim()
            .split("\n")
            .find((line) => line.includes("Error")) ||
            output.trim()),
      });
    });
  });
}
