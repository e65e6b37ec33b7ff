// npm run test:streams:bugs [-- --by promises,days --minutes 2 --seed N --target ottla --times 1 WORD…]: puts each seeded bug into what runs streams applications and looks who notices. Promises: a test that brings about what it breaks has
// to fail with it, each time, and to pass without. Days: bad days meet by chance what it breaks, within some minutes; of all of them at least six have to be noticed.
import { spawn } from "node:child_process";
import { parseArgs } from "node:util";
import { testSeed } from "@ottla/base/simulated";
import { nodeBinary, repositoryRoot } from "./paths.ts";
import { breakPromise } from "./streams-bad-days/bugs/break-promise.ts";
import { seededBugs } from "./streams-bad-days/bugs/seeded-bugs.ts";

/** Of all seeded bugs, with whatever seed. */
const FOUND_BY_DAYS_MIN = 6;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    by: { type: "string", default: "promises" },
    minutes: { type: "string", default: "2" },
    seed: { type: "string", default: String(testSeed()) },
    target: { type: "string", default: "ottla" },
    times: { type: "string", default: "1" },
  },
});
/** What loses or doubles records under exactly-once may be allowed at least once: such bugs are looked for where they are bugs. */
const guaranteeOf = (breaks: string): string => (breaks.startsWith("a commit is told") ? "atLeastOnce" : "exactlyOnce");

/** Tasks process on while their transaction ends where their stores are in memory. */
const storesOf = (breaks: string): string => (breaks.includes("while a transaction end") ? "memory" : "mixed");

const ways = values.by.split(",");
for (const way of ways) if (way !== "promises" && way !== "days") throw new Error(`--by is of promises and days, not ${way}.`);
const times = Number(values.times);
const chosen = [...seededBugs.entries()].filter(
  ([, { breaks, file }]) => positionals.length === 0 || positionals.some((word) => `${breaks} ${file}`.includes(word)),
);
let isGood = true;
if (ways.includes("promises")) {
  const missedCount = await countMissed("test", (number, breaks) => breakPromise(breaks, number));
  for (const [, { breaks }] of chosen) {
    const fault = await breakPromise(breaks, undefined);
    if (fault === undefined) continue;
    isGood = false;
    console.log(`without a bug the test fails, too: ${breaks}\n    ${fault.slice(0, 200)}`);
  }
  isGood &&= missedCount === 0;
  console.log(`tests noticed ${chosen.length - missedCount} of ${chosen.length} seeded bugs, ${times} times each`);
}
if (ways.includes("days")) {
  const missedCount = await countMissed("days", (number, breaks, time) =>
    runDays(number, guaranteeOf(breaks), storesOf(breaks), Number(values.seed) + time),
  );
  isGood &&= chosen.length - missedCount >= Math.min(FOUND_BY_DAYS_MIN, chosen.length);
  console.log(`bad days noticed ${chosen.length - missedCount} of ${chosen.length} seeded bugs, ${times} times each, seed ${values.seed}`);
}
process.exit(isGood ? 0 : 1);

/** How many of the chosen bugs were not found each time. */
async function countMissed(
  way: string,
  look: (number: number, breaks: string, time: number) => Promise<string | undefined>,
): Promise<number> {
  let missedCount = 0;
  for (const [number, { breaks }] of chosen) {
    const found: string[] = [];
    let fault = "";
    for (let time = 0; time < times; time++) {
      const begunMs = performance.now();
      const seen = await look(number, breaks, time);
      if (seen === undefined) continue;
      found.push(`${((performance.now() - begunMs) / 1_000).toFixed(1)} s`);
      fault = seen;
    }
    if (found.length < times) missedCount++;
    const took = found.length > 0 ? ` (${found.join(", ")})` : "";
    console.log(`${way}: found ${found.length} of ${times} times${took}: ${breaks}\n    ${fault.slice(0, 200)}`);
  }
  return missedCount;
}

function runDays(bug: number, guarantee: string, stores: string, seed: number): Promise<string | undefined> {
  const args = ["--conditions=source", `${repositoryRoot}conformance/src/run-streams-bad-days.ts`, "--quiet", "--bug", String(bug)];
  const child = spawn(
    nodeBinary,
    [...args, "--target", values.target, "--guarantee", guarantee, "--stores", stores, "--minutes", values.minutes, "--seed", String(seed)],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    output += chunk;
  });
  return new Promise((resolve) => {
    child.once("close", (status) => {
      const fault = /FAULT: (.*)/.exec(output)?.[1];
      resolve(status === 0 ? undefined : (fault ?? `it ended with ${status}`));
    });
  });
}
