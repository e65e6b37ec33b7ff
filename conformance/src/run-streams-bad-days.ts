// npm run test:streams [-- --minutes 30 --seed N --target ottla,ottla3,kafka --guarantee exactlyOnce,atLeastOnce --only kill,broker --bug N]: instances of a streams application with known answers, each a process of its own,
// while kill -9, a net that breaks, standstills, fenced producers, full disks and upgrades meet them and the cluster: nothing lost, nothing doubled, windows closed once. --minutes is the time of blows, over all targets.
import { existsSync, rmSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Guarantee } from "@ottla/streams";
import { cacheRoot } from "./paths.ts";
import { runBadDays, type StageKind } from "./streams-bad-days/bad-days.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "2" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    target: { type: "string", default: "ottla,ottla3,kafka" },
    guarantee: { type: "string", default: "exactlyOnce,atLeastOnce" },
    only: { type: "string", default: "" },
    bug: { type: "string" },
    quiet: { type: "boolean", default: false },
  },
});
const SHARES = { exactlyOnce: 3, atLeastOnce: 1 } as const;
const targets = listOf<StageKind>("target", ["ottla", "ottla3", "kafka"]);
const guarantees = listOf<Guarantee>("guarantee", ["exactlyOnce", "atLeastOnce"]);
const only = values.only === "" ? [] : values.only.split(",");
const seed = Number(values.seed);
const folder = `${cacheRoot}/streams-bad-days-${seed}-${process.pid}`;
const blowMs = (Number(values.minutes) * 60_000) / (targets.length * guarantees.reduce((sum, each) => sum + SHARES[each], 0));
let failedCount = 0;
for (const target of targets) {
  for (const guarantee of guarantees) {
    const minutes = (blowMs * SHARES[guarantee]) / 60_000;
    console.log(`${target}, ${guarantee}: blows for ${(minutes * 60).toFixed(0)} s, seed ${seed}`);
    const tell = (what: string): void => {
      if (!values.quiet || what.startsWith("FAULT")) console.log(`  ${what}`);
    };
    const end = await runBadDays({ stage: target, guarantee, seed, blowMs: minutes * 60_000, folder, bug: values.bug, only, tell });
    const struck = [...end.blows].map(([name, count]) => `${name} ${count}`).join(", ");
    const total = [...end.blows.values()].reduce((sum, count) => sum + count, 0);
    console.log(
      `${end.faults.length === 0 ? "ok    " : "FAILED"} ${target}, ${guarantee}: ${total} blows (${struck}) in ${Math.round(end.tookMs / 1_000)} s, ${end.sentCount} records sent, ${end.answerCount} answers, ${end.doubledCount} twice, ${end.instanceCount} starts of instances`,
    );
    if (end.faults.length === 0) continue;
    failedCount++;
    console.log(
      `       again: npm run test:streams -- --target ${target} --guarantee ${guarantee} --seed ${seed} --minutes ${minutes.toFixed(2)}`,
    );
  }
}
if (failedCount === 0 && existsSync(folder)) rmSync(folder, { recursive: true });
process.exit(failedCount === 0 ? 0 : 1);

function listOf<T extends string>(name: "target" | "guarantee", all: readonly T[]): readonly T[] {
  const chosen = values[name].split(",") as T[];
  for (const each of chosen) if (!all.includes(each)) throw new Error(`--${name} is of ${all.join(", ")}, not ${each}.`);
  return chosen;
}
