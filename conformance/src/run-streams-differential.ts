// npm run test:streams-differential [-- OPTIONS] [WORD…]: generated topologies with generated inputs through Java's TopologyTestDriver and ours, what they produce compared as bytes after each input, after the kept cases and the methods of Java's DSL. Alone it is as short as CI needs it; --help tells the options.
import { parseArgs } from "node:util";
import { testSeed } from "@ottla/base/simulated";
import { runCampaign } from "./streams/campaign.ts";
import type { StreamsCase } from "./streams/case.ts";
import { compareAnswers, compareByTopic } from "./streams/compare-answers.ts";
import { describeMismatch } from "./streams/describe-mismatch.ts";
import { dslMethodsThatDiffer } from "./streams/dsl-methods.ts";
import { JavaJudge } from "./streams/java-judge.ts";
import { keepCase, keptCases } from "./streams/kept-cases.ts";
import { knownDifferences } from "./streams/known-differences.ts";
import { runCase } from "./streams/ours/run-case.ts";

const HELP = `npm run test:streams-differential [-- OPTIONS] [WORD…]
Generated topologies with generated inputs through Java's TopologyTestDriver and ours: what they produce, compared as bytes after each input. Before that the
methods of Java's DSL are compared with those of docs/streams-dsl.md, and Java is asked again about the kept cases whose names contain a WORD.
  --records N   ends when so many input records were compared (50000)
  --seed N      of the first case (1); random: another one at each run
  --depth N     at most so many operators in a row (5)
  --only A,B    only operators whose names contain one of these words
  --failing     functions throw and bytes cannot be read: what goes on, and the dead letters
  --cached      with caches before stores (Java's statestore.cache.max.bytes)
  --crowded     windows of hundreds of keys before which caches of 40 to 100 KB are full
  --persistent  stores on the disk: Java's in RocksDB, ours in lmdb; also with the three before
  --sliced      ours makes what one record becomes many of in slices of one step, as applications do in larger ones: compared topic by topic
  --failures N  ends when so many cases with a difference were looked into (5)
  --keep        keeps the smallest case of each failure
  --kept        only asks Java again about the kept cases
  --record      writes Java's answers into the kept cases that have none, or into all that are named by a WORD`;

const { values, positionals } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    records: { type: "string", default: "50000" },
    depth: { type: "string", default: "5" },
    only: { type: "string" },
    failing: { type: "boolean", default: false },
    cached: { type: "boolean", default: false },
    crowded: { type: "boolean", default: false },
    persistent: { type: "boolean", default: false },
    // What different topics get is not in one order then.
    sliced: { type: "boolean", default: false },
    failures: { type: "string", default: "5" },
    keep: { type: "boolean", default: false },
    kept: { type: "boolean", default: false },
    record: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
  allowPositionals: true,
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

const SHRINK_TRIES_MAX = 1500;
const started = performance.now();
const seconds = (): string => `${Math.round((performance.now() - started) / 1000)} s`;
const judge = await JavaJudge.start();
try {
  process.exitCode = (
    values.record
      ? await recordKept()
      : (await verifyMethods()) && (await verifyKept()) && (values.kept || (await campaign()))
  )
    ? 0
    : 1;
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

/** The page of Java's DSL has what is in Kafka's jars. */
async function verifyMethods(): Promise<boolean> {
  const differing = await dslMethodsThatDiffer();
  for (const difference of differing) console.log(`docs/streams-dsl.md: ${difference}`);
  console.log(`the methods of Java's DSL, ${differing.length} classes with others than on the page, ${seconds()}`);
  return differing.length === 0;
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
      persistent: values.persistent,
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
