// npm run test:streams-differential [-- [--record] WORD…]: asks Java's TopologyTestDriver about the kept cases whose names contain a word, and compares; --record writes its answers into them.
import { parseArgs } from "node:util";
import { compareAnswers } from "./streams/compare-answers.ts";
import { describeMismatch } from "./streams/describe-mismatch.ts";
import { JavaJudge } from "./streams/java-judge.ts";
import { keepCase, keptCases } from "./streams/kept-cases.ts";

const { values, positionals } = parseArgs({
  options: {
    /** Writes Java's answers into the kept cases that have none, or into all that are named by a word. */
    record: { type: "boolean", default: false },
  },
  allowPositionals: true,
});

const started = performance.now();
const judge = await JavaJudge.start();
try {
  process.exitCode = (values.record ? await recordKept() : await verifyKept()) ? 0 : 1;
} finally {
  await judge.close();
}

async function recordKept(): Promise<boolean> {
  const wanted = keptCases(positionals).filter(({ kept }) => positionals.length > 0 || kept.expected === undefined);
  for (const { name, kept } of wanted) console.log(keepCase(name, { ...kept, expected: await judge.ask(kept) }));
  return true;
}

/** What is recorded is what Java says today. */
async function verifyKept(): Promise<boolean> {
  const kept = keptCases(positionals);
  const answers = await Promise.all(kept.map(({ kept: asked }) => judge.ask(asked)));
  let differing = 0;
  for (const [index, { name, kept: asked }] of kept.entries()) {
    const recorded = asked.expected;
    const mismatch = recorded === undefined ? undefined : compareAnswers(recorded, answers[index]!);
    if (recorded !== undefined && mismatch === undefined) continue;
    differing++;
    console.log(mismatch === undefined ? `${name} has no answer yet: run with --record` : describeMismatch(name, asked, mismatch));
  }
  console.log(
    `${kept.length} kept cases, ${differing} with another answer than recorded, ${Math.round((performance.now() - started) / 1000)} s`,
  );
  return differing === 0;
}
