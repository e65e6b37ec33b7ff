// npm run test:batches [-- --count 2000 --seed 7]: batches, good and bad, sent to Apache Kafka and to ours; answers and what is stored are compared field by field.
import { parseArgs } from "node:util";
import { SeededRandom, testSeed } from "@ottla/base/simulated";
import { compare, type Difference } from "./batches/compare.ts";
import { fixedCases } from "./batches/fixed-cases.ts";
import { generatedCases } from "./batches/generated-cases.ts";
import { namedDifferences } from "./batches/named-differences.ts";
import { Observer } from "./batches/observe.ts";
import type { TargetTopic } from "./batches/target-topics.ts";
import { startCluster } from "./target.ts";

const { values } = parseArgs({ options: { count: { type: "string", default: "2000" }, seed: { type: "string" } } });
const seed = values.seed === undefined ? testSeed() : Number(values.seed);
const nowMs = Date.now();
const cases = [...fixedCases(nowMs), ...generatedCases(Number(values.count), new SeededRandom(seed), nowMs)];

const clusters = await Promise.all([startCluster("kafka", { brokers: 1 }), startCluster("ottla", { brokers: 1 })]);
try {
  const [kafka, ours] = await Promise.all(clusters.map(({ bootstrap }) => Observer.start(bootstrap)));
  const differences: Difference[] = [];
  /** Where the one stored what the other refused: a look-up by time may find other records from then on. */
  const apart = new Set<TargetTopic>();
  for (const batch of cases) {
    const [expected, actual] = await Promise.all([kafka!.observe(batch), ours!.observe(batch)]);
    const difference = compare(batch, expected, actual, apart.has(batch.topic));
    if (difference !== undefined) differences.push(difference);
    if ((expected.stored === undefined) !== (actual.stored === undefined)) apart.add(batch.topic);
  }
  kafka!.close();
  ours!.close();
  report(differences);
} finally {
  await Promise.all(clusters.map((cluster) => cluster.stop()));
}

function report(differences: readonly Difference[]): void {
  console.log(`${cases.length} batches, seed ${seed}: ${cases.length - differences.length} treated alike`);
  for (const { name, why } of namedDifferences) {
    const count = differences.filter(({ named }) => named === name).length;
    console.log(`${String(count).padStart(6)} ${name}: ${why}`);
  }
  const unnamed = differences.filter(({ named }) => named === undefined);
  console.log(`${String(unnamed.length).padStart(6)} without a name`);
  for (const { batch, fields } of unnamed) console.log(`FAILED ${batch.name}\n         ${fields.join("\n         ")}`);
  process.exitCode = unnamed.length === 0 ? 0 : 1;
}
