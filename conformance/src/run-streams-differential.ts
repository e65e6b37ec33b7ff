// npm run test:streams-differential [-- --records 1000000 --seed 7 --only window,suppress --failing --cached --crowded --sliced --keep | --kept | --record] [WORD…]: generated topologies with generated inputs through Java's TopologyTestDriver and ours, what they produce compared as bytes after each input, after the kept cases. Alone it is as short as CI needs it.
import { parseArgs } from "node:util";
import { testSeed } from "@ottla/base/simulated";
import { runCampaign } from "./streams/campaign.ts";
import type { StreamsCase } from "./streams/case.ts";
import { compareAnswers, compareByTopic } from "./streams/compare-answers.ts";
import { describeMismatch } from "./streams/describe-mismatch.ts";
import { JavaJudge } from "./streams/java-judge.ts";
import { keepCase, keptCases } from "./streams/kept-cases.ts";
import { knownDifferences } from "./streams/known-differences.ts";
import { runCase } from "./streams/ours/run-case.ts";

const { values, positionals } = parseArgs({
  options: {
    /** "random" for another one at each run. */
    seed: { type: "string", default: "1" },
    /** Ends when so many input records were compared. */
    records: { type: "string", default: "50000" },
    depth: { type: "string", default: "5" },
    /** Only operators whose name contains one of these words. */
    only: { type: "string" },
    /** Functions throw and bytes cannot be read: what goes on, and the dead letters. */
    failing: { type: "boolean", default: false },
    /** With caches before stores (Java's statestore.cache.max.bytes). */
    cached: { type: "boolean", default: false },
    /** Windows of hundreds of keys before which caches of 40 to 100 KB are full. */
    crowded: { type: "boolean", default: false },
    /** Ours makes what one record becomes many of in slices of one step, as applications do in larger ones: compared topic by topic, since what different topics get is not in one order then. */
    sliced: { type: "boolean", default: false },
    /** How many failing cases are looked into before the run ends. */
    failures: { type: "string", default: "5" },
    /** Keeps the smallest case of each failure. */
    keep: { type: "boolean", default: false },
    /** Only asks Java again about the kept cases (whose names contain a word). */
    kept: { type: "boolean", default: false },
    /** Writes Java's answers into the kept cases that have none, or into all that are named by a word. */
    record: { type: "boolean", default: false },
  },
  allowPositionals: true,
});

const SHRINK_TRIES_MAX = 1500;
const started = performance.now();
const seconds = (): string => `${Math.round((performance.now() - started) / 1000)} s`;
const judge = await JavaJudge.start();
try {
  process.exitCode = (values.record ? await recordKept() : (await verifyKept()) && (values.kept || (await campaign()))) ? 0 : 1;
} finally {
  await judge.close();
}

/** The case asked so that the fault of Java's that it is known for cannot show. */
function withoutFault(asked: StreamsCase): StreamsCase | undefined {
  return knownDifferences.find(({ name }) => name === asked.known)?.avoided(asked);
}

async function recordKept(): Promise<boolean> {
  const wanted = keptCases(positionals).filter(({ kept }) => positionals.length > 0 || kept.expected === undefined);
  for (const { name, kept } of wanted) {
    const { avoided: _, ...asked } = kept;
    const avoided = withoutFault(asked);
    console.log(
      keepCase(name, {
        ...asked,
        expected: await judge.ask(asked),
        ...(avoided === undefined ? {} : { avoided: await judge.ask(avoided) }),
      }),
    );
  }
  return true;
}

/** What is recorded is what Java says today. */
async function verifyKept(): Promise<boolean> {
  const kept = keptCases(positionals).flatMap(({ name, kept: asked }) => {
    const avoided = withoutFault(asked);
    const own = { name, asked, recorded: asked.expected };
    return avoided === undefined ? [own] : [own, { name: `${name}, the fault avoided`, asked: avoided, recorded: asked.avoided }];
  });
  const answers = await Promise.all(kept.map(({ asked }) => judge.ask(asked)));
  let differing = 0;
  for (const [index, { name, asked, recorded }] of kept.entries()) {
    const mismatch = recorded === undefined ? undefined : compareAnswers(recorded, answers[index]!);
    if (recorded !== undefined && mismatch === undefined) continue;
    differing++;
    console.log(mismatch === undefined ? `${name} has no answer yet: run with --record` : describeMismatch(name, asked, mismatch));
  }
  console.log(`${kept.length} answers to kept cases, ${differing} with another answer of Java than recorded, ${seconds()}`);
  return differing === 0;
}

async function campaign(): Promise<boolean> {
  const firstSeed = values.seed === "random" ? testSeed() : Number(values.seed);
  const tally = await runCampaign(judge, values.sliced ? (asked) => runCase(asked, { stepsPerSlice: 1 }) : runCase, {
    compare: values.sliced ? compareByTopic : compareAnswers,
    firstSeed,
    records: Number(values.records),
    generator: {
      depthMax: Number(values.depth),
      inputsMin: 50,
      inputsMax: 150,
      failing: values.failing,
      cached: values.cached,
      crowded: values.crowded,
      ...(values.only === undefined ? {} : { only: values.only.split(",") }),
    },
    failuresMax: Number(values.failures),
    shrinkTriesMax: SHRINK_TRIES_MAX,
    onFailure({ seed, smallest, mismatch }) {
      console.log(describeMismatch(`seed ${seed}`, smallest, mismatch));
      if (values.keep) console.log(keepCase(`seed-${seed}`, { ...smallest, about: `found by the campaign: ${mismatch.kind}` }));
    },
    onProgress: ({ cases, records }) =>
      console.log(`${cases} cases, ${records} input records, ${seconds()}, ${Math.round(process.memoryUsage.rss() / 1e6)} MB`),
  });
  for (const { name, reason } of knownDifferences) console.log(`${tally.known.get(name) ?? 0} × ${name}: ${reason}`);
  console.log(
    `${tally.cases} cases from seed ${firstSeed}, ${tally.records} input records, ${tally.produced} produced ones and the descriptions compared, ${tally.failures} cases with a difference that is not listed, ${tally.ended} that end with an error, ${seconds()}`,
  );
  return tally.failures === 0;
}
