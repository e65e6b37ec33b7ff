// npm run test:differential -- --only connect [--cases 100000 --seed 7]: generated records, settings and bytes through Apache Connect's transforms, predicates and converters and through ours: results, schemas and errors compared.
import { parseArgs } from "node:util";
import { testSeed } from "@ottla/base/simulated";
import type { ConnectCase } from "./connect/case.ts";
import { differenceOf, subjectOf } from "./connect/compare-answers.ts";
import { CaseGenerator } from "./connect/generate-case.ts";
import { JavaConnect } from "./connect/java-judge.ts";
import { knownDifferences } from "./connect/known-differences.ts";
import { askOurs } from "./connect/ours.ts";

const { values } = parseArgs({
  options: {
    /** "random" for another one at each run. */
    seed: { type: "string", default: "1" },
    cases: { type: "string", default: "4000" },
    /** Of each subject and kind so many are shown. */
    shown: { type: "string", default: "1" },
  },
});
const BATCH = 500;
const started = performance.now();
const seed = values.seed === "random" ? testSeed() : Number(values.seed);
const generator = new CaseGenerator(seed);
const known = new Map<string, number>();
const failures = new Map<string, number>();
let [compared, refused] = [0, 0];

const judge = await JavaConnect.start();
try {
  for (let left = Number(values.cases); left > 0; left -= BATCH) {
    const cases = Array.from({ length: Math.min(BATCH, left) }, () => generator.case());
    const answers = await judge.askAll(cases);
    for (const [index, java] of answers.entries()) await compare(cases[index]!, java);
  }
} finally {
  await judge.close();
}

async function compare(asked: ConnectCase, java: Parameters<typeof differenceOf>[0]): Promise<void> {
  const ours = await askOurs(asked);
  compared++;
  if (java.error !== undefined && ours.error !== undefined) refused++;
  const difference = differenceOf(java, ours);
  if (difference === undefined) return;
  const listed = knownDifferences.find((one) => one.isIt(asked, java, ours));
  if (listed !== undefined) {
    known.set(listed.name, (known.get(listed.name) ?? 0) + 1);
    return;
  }
  const kind = `${subjectOf(asked)}: ${difference}`;
  const count = (failures.get(kind) ?? 0) + 1;
  failures.set(kind, count);
  if (count <= Number(values.shown))
    console.log(`FAILED ${kind}\n  asked ${JSON.stringify(asked)}\n  Java  ${JSON.stringify(java)}\n  ours  ${JSON.stringify(ours)}`);
}

for (const { name, reason } of knownDifferences) console.log(`${known.get(name) ?? 0} × ${name}: ${reason}`);
for (const [kind, count] of failures) console.log(`${count} × ${kind}`);
const failed = [...failures.values()].reduce((sum, count) => sum + count, 0);
console.log(
  `${compared} cases of Connect from seed ${seed}, ${refused} of them refused by both, ${failed} answers differ in a way that is not listed, ${Math.round((performance.now() - started) / 1000)} s`,
);
process.exitCode = failed === 0 && compared > 0 ? 0 : 1;
