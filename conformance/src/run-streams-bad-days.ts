// npm run test:streams [-- --minutes 30 --seed N --target ottla,ottla3,kafka --guarantee exactlyOnce,atLeastOnce --protocol streams --copies 1 --stores memory --only kill,broker --moments all --bug N]: instances of a streams application with known answers, each a process of its own,
// while kill -9, a net that breaks, standstills, fenced producers, full disks and upgrades meet them and the cluster: nothing lost, nothing doubled, windows closed once. --minutes is the time for all of it; a short run
// (less than ten minutes, and no target named) is exactly once on three virtual brokers and on Apache Kafka, and at least once on one broker.
// --moments all: nothing happens but that instances die at each moment of their own work (streams-bad-days/moments), or at those whose names have one of the words that are given; one that nobody came to in that time is a fault.
import { existsSync, rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { testSeed } from "@ottla/base/simulated";
import type { Guarantee } from "@ottla/streams";
import { cacheRoot } from "./paths.ts";
import { runBadDays, type StageKind } from "./streams-bad-days/bad-days.ts";
import type { StorePlaces } from "./streams-bad-days/topology.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "2" },
    seed: { type: "string", default: String(testSeed()) },
    target: { type: "string" },
    guarantee: { type: "string" },
    copies: { type: "string" },
    stores: { type: "string" },
    protocol: { type: "string", default: "classic" },
    only: { type: "string", default: "" },
    moments: { type: "string" },
    bug: { type: "string" },
    quiet: { type: "boolean", default: false },
  },
});

/** One run of bad days, with its part of the time. */
interface Run {
  readonly target: StageKind;
  readonly guarantee: Guarantee;
  readonly share: number;
}

const TARGETS = ["ottla", "ottla3", "kafka"] as const;
const GUARANTEES = ["exactlyOnce", "atLeastOnce"] as const;
const SHARES = { exactlyOnce: 3, atLeastOnce: 1 } as const;
const SHORT_RUNS: readonly Run[] = [
  { target: "ottla3", guarantee: "exactlyOnce", share: 7 },
  { target: "kafka", guarantee: "exactlyOnce", share: 9 },
  { target: "ottla", guarantee: "atLeastOnce", share: 4 },
];
const SHORT_MINUTES = 10;
/** What a run takes beside its blows: the cluster's start, the first answers and the last. */
const AROUND_MS: Readonly<Record<StageKind, number>> = { ottla: 15_000, ottla3: 15_000, kafka: 25_000 };
const BLOW_MS_MIN = 10_000;

const groupProtocol = values.protocol === "classic" || values.protocol === "streams" ? values.protocol : "unknown";
if (groupProtocol === "unknown") throw new Error(`--protocol is classic or streams, not ${values.protocol}.`);
if (values.stores !== undefined && values.stores !== "mixed" && values.stores !== "memory")
  throw new Error(`--stores is mixed or memory, not ${values.stores}.`);
const runs = chosenRuns();
const only = values.only === "" ? [] : values.only.split(",");
const seed = Number(values.seed);
const folder = `${cacheRoot}/streams-bad-days-${seed}-${process.pid}`;
const shares = runs.reduce((sum, { share }) => sum + share, 0);
let failedCount = 0;
for (const { target, guarantee, share } of runs) {
  const runMs = (Number(values.minutes) * 60_000 * share) / shares;
  const blowMs = Math.max(BLOW_MS_MIN, runMs - AROUND_MS[target]);
  console.log(`${target}, ${guarantee}, ${groupProtocol} group: blows for ${(blowMs / 1_000).toFixed(0)} s, seed ${seed}`);
  const tell = (what: string): void => {
    if (!values.quiet || what.startsWith("FAULT")) console.log(`  ${what}`);
  };
  const day = (daySeed: number) =>
    runBadDays({
      stage: target,
      guarantee,
      groupProtocol,
      copies: Number(values.copies ?? daySeed % 2),
      stores: values.stores === undefined ? drawnStores(daySeed) : (values.stores as StorePlaces),
      seed: daySeed,
      blowMs,
      folder,
      bug: values.bug,
      only,
      momentWords: values.moments === undefined ? undefined : values.moments === "all" ? [] : values.moments.split(","),
      tell,
    });
  let end = await day(seed);
  if (end.brokenCluster !== undefined) {
    console.log(
      `void   ${target}, ${guarantee}: the cluster broke by a fault of its own: ${end.brokenCluster}. Once more, with seed ${seed + 1}`,
    );
    end = await day(seed + 1);
  }
  const struck = [...end.blows].map(([name, count]) => `${name} ${count}`).join(", ");
  const total = [...end.blows.values()].reduce((sum, count) => sum + count, 0);
  console.log(
    `${end.faults.length === 0 ? "ok    " : "FAILED"} ${target}, ${guarantee}: ${total} blows (${struck}) in ${Math.round(end.tookMs / 1_000)} s, ${end.sentCount} records sent, ${end.answerCount} answers, ${end.doubledCount} twice, ${end.instanceCount} starts of instances`,
  );
  if (end.momentsMet.length > 0) console.log(`       died ${end.momentsMet.join("; ")}`);
  if (end.faults.length === 0) continue;
  failedCount++;
  const minutes = (runMs / 60_000).toFixed(2);
  console.log(
    `       again: npm run test:streams -- --target ${target} --guarantee ${guarantee} --protocol ${groupProtocol} --seed ${seed} --minutes ${minutes}${asGiven("copies")}${asGiven("stores")}${asGiven("moments")}`,
  );
}
if (failedCount === 0 && existsSync(folder)) rmSync(folder, { recursive: true });
process.exit(failedCount === 0 ? 0 : 1);

function asGiven(name: "copies" | "stores" | "moments"): string {
  return values[name] === undefined ? "" : ` --${name} ${values[name]}`;
}

/** Of four seeds in a row each has them, and copies, in another way. */
function drawnStores(daySeed: number): StorePlaces {
  return daySeed % 4 < 2 ? "mixed" : "memory";
}

function chosenRuns(): readonly Run[] {
  if (values.target === undefined && values.guarantee === undefined && Number(values.minutes) < SHORT_MINUTES) return SHORT_RUNS;
  const guarantees = listOf("guarantee", GUARANTEES);
  return listOf("target", TARGETS).flatMap((target) => guarantees.map((guarantee) => ({ target, guarantee, share: SHARES[guarantee] })));
}

function listOf<T extends string>(name: "target" | "guarantee", all: readonly T[]): readonly T[] {
  const chosen = (values[name]?.split(",") ?? all) as readonly T[];
  for (const each of chosen) if (!all.includes(each)) throw new Error(`--${name} is of ${all.join(", ")}, not ${each}.`);
  return chosen;
}
