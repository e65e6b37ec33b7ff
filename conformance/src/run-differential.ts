// npm run test:differential (its first half) [-- --seed 7 --steps 80 --scripts 60 --only fetch]: seeded scripts of calls at Apache Kafka and at ours, answers compared field by field. Alone it is as short as CI needs it.
import { parseArgs } from "node:util";
import { testSeed } from "@ottla/base/simulated";
import { ClusterLink } from "./differential/cluster-link.ts";
import type { KnownDifference } from "./differential/known-difference.ts";
import { describeFailure, describeKnown } from "./differential/report.ts";
import { runScript, type ScriptFailure, type ScriptStep, type ScriptTarget, writeScript } from "./differential/script.ts";
import { shrink } from "./differential/shrink.ts";
import { stepKinds } from "./differential/steps/index.ts";
import { Tally } from "./differential/tally.ts";
import { commonRanges } from "./differential/version-ranges.ts";
import { waitForCoordinators } from "./differential/warm-up.ts";
import { startCluster, testProfile } from "./target.ts";

const { values } = parseArgs({
  options: {
    /** "random" for another one at each run. */
    seed: { type: "string", default: "300" },
    steps: { type: "string", default: "60" },
    scripts: { type: "string", default: "10" },
    /** Ends the run at the first script that starts after so long. */
    seconds: { type: "string" },
    /** Only kinds of steps whose name contains one of these words, and those that make topics. */
    only: { type: "string" },
    /** A Kafka, `host:port`, that runs already. */
    kafka: { type: "string" },
    /** Tells at the end what was asked, and with which codes Kafka answered. */
    tally: { type: "boolean", default: false },
    /** How many failing scripts are looked into before the run ends. */
    failures: { type: "string", default: "5" },
  },
});
/** Steps that wait in vain take long to try again. */
const SHRINK_TRIES_MAX = 60;
const firstSeed = values.seed === "random" ? testSeed() : Number(values.seed);
const words = values.only?.split(",");
const config = {
  ...testProfile,
  "auto.create.topics.enable": "false",
  "transaction.state.log.num.partitions": "4",
  // What a heartbeat changes is in the answer to it, not a while later.
  "group.consumer.min.assignment.interval.ms": "0",
  "group.consumer.assignment.interval.ms": "0",
};

// Names are new where a cluster may have seen those of an earlier run.
let runs = values.kafka === undefined ? 0 : Date.now() % 10_000_000;
const started = performance.now();
const clusters = await Promise.all([
  startCluster("ottla", { brokers: 1, config, isInMemory: true }),
  ...(values.kafka === undefined ? [startCluster("kafka", { brokers: 1, config })] : []),
]);
const ours = new ClusterLink(clusters[0].bootstrap);
const kafka = new ClusterLink(values.kafka ?? clusters[1]!.bootstrap);
try {
  process.exitCode = (await compareAll()) ? 0 : 1;
} finally {
  kafka.close();
  ours.close();
  await Promise.all(clusters.map((cluster) => cluster.kill()));
}

async function run(steps: readonly ScriptStep[], target: ScriptTarget) {
  return runScript(steps, target, `r${++runs}.`);
}

async function compareAll(): Promise<boolean> {
  const ranges = await commonRanges(kafka, ours);
  await Promise.all([waitForCoordinators(kafka, ranges), waitForCoordinators(ours, ranges)]);
  const target = { kafka, ours, ranges };
  const kinds = stepKinds.filter(
    ({ name, keys }) =>
      keys.every((key) => target.ranges.has(key)) &&
      (words === undefined || name === "create topics" || words.some((word) => name.includes(word))),
  );
  const met = new Map<KnownDifference, number>();
  const tally = new Tally();
  let exchanges = 0;
  let failures = 0;
  let scripts = 0;
  for (; scripts < Number(values.scripts) && failures < Number(values.failures); scripts++) {
    if (values.seconds !== undefined && performance.now() - started > Number(values.seconds) * 1000) break;
    const seed = firstSeed + scripts;
    const steps = writeScript(seed, Number(values.steps), kinds);
    const outcome = await run(steps, target);
    exchanges += outcome.transcript.length;
    tally.add(outcome.transcript);
    for (const [known, count] of outcome.met) met.set(known, (met.get(known) ?? 0) + count);
    if (outcome.failure === undefined) continue;
    failures++;
    const paths = (failure: ScriptFailure | undefined) => failure?.differences.map(({ api, path }) => `${api} ${path}`).join();
    const failing = steps.slice(0, outcome.failure.step + 1);
    const wanted = paths(outcome.failure);
    const triesMax = outcome.failure.error === undefined ? SHRINK_TRIES_MAX : 0;
    const smallest = await shrink(failing, async (candidate) => paths((await run(candidate, target)).failure) === wanted, triesMax);
    const { failure, transcript } = await run(smallest, target);
    console.log(describeFailure(seed, smallest, transcript, failure ?? outcome.failure));
  }
  console.log(
    `${scripts} scripts from seed ${firstSeed}, ${exchanges} exchanges, ${failures} scripts with a difference that is not listed, ${Math.round((performance.now() - started) / 1000)} s`,
  );
  console.log(describeKnown(met));
  if (values.tally) console.log(tally.describe());
  return failures === 0;
}
