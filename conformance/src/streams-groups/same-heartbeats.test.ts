// npm run test:streams-groups: members of streams groups send the same heartbeats to Apache Kafka and to ours; every field of every answer is the same, and so is what describes the groups.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SeededRandom } from "@ottla/base/simulated";
import type { RunningCluster } from "../cluster.ts";
import { startCluster, testProfile } from "../target.ts";
import { Pair } from "./pair.ts";
import { Scene } from "./scene.ts";

const SEEDS = Number(process.env["SEEDS"] ?? 12);
const FIRST_SEED = Number(process.env["FIRST_SEED"] ?? 1);
const STEPS = 60;

let clusters: readonly RunningCluster[] = [];
let pair: Pair;

before(async () => {
  const config = {
    ...testProfile,
    "group.streams.initial.rebalance.delay.ms": "0",
    "group.streams.assignment.interval.ms": "0",
    // A coordinator sees topics by its partitions: what one group sees all do.
    "offsets.topic.num.partitions": "1",
  };
  clusters = await Promise.all([startCluster("ottla", { config }), startCluster("kafka", { config })]);
  pair = new Pair(clusters[0]!.bootstrap, clusters[1]!.bootstrap);
  await pair.prepare();
});

after(async () => {
  pair?.close();
  await Promise.all(clusters.map((cluster) => cluster.stop()));
});

for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
  test(`members that come, go, die and fall behind are told the same (seed ${seed})`, async () => {
    const scene = await Scene.open(pair, new SeededRandom(seed), `s${seed}`);
    for (let i = 0; i < STEPS; i++) await scene.step();
    await scene.end();
  });
}

test("what is no heartbeat is refused with the same words", async () => {
  const scene = await Scene.open(pair, new SeededRandom(1), "odd");
  for (const answers of await scene.oddRequests()) assert.deepEqual(answers.ours, answers.kafka);
});
