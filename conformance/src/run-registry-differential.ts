// npm run test:registry-differential [-- --pairs 20000 --seed 7]: pairs of generated Avro schemas, and the situations of the registry's own table, through Java's Avro and ours: what is refused, how
// schemas are printed again, and what keeps each from reading the other's data, by kind and place.
import { parseArgs } from "node:util";
import { SeededRandom, testSeed } from "@ottla/base/simulated";
import { avroSituations } from "../../packages/registry/src/formats/avro/avro-situations.ts";
import { askJava, askOurs, isSameAnswer, type SchemaPair } from "./registry/avro-judge.ts";
import { AvroGenerator } from "./registry/generate-avro.ts";

const { values } = parseArgs({ options: { pairs: { type: "string", default: "20000" }, seed: { type: "string", default: "1" } } });
const MOST_SHOWN = 5;
const seed = values.seed === "random" ? testSeed() : Number(values.seed);
const generator = new AvroGenerator(new SeededRandom(seed));
const pairs: SchemaPair[] = avroSituations.map(({ older, newer }) => ({ older: JSON.stringify(older), newer: JSON.stringify(newer) }));
for (let made = 0; made < Number(values.pairs); made++) pairs.push(generator.pair());

let compared = 0;
let failures = 0;
for (const [index, answer] of (await askJava(pairs)).entries()) {
  const pair = pairs[index] as SchemaPair;
  const ours = askOurs(pair);
  if (answer.backward !== undefined) compared++;
  if (isSameAnswer(answer, ours)) continue;
  failures++;
  if (failures > MOST_SHOWN) continue;
  console.log(`FAILED\nolder ${pair.older}\nnewer ${pair.newer}\nJava  ${JSON.stringify(answer)}\nours  ${JSON.stringify(ours)}`);
}
console.log(
  `${pairs.length} pairs of Avro schemas, seed ${seed}: ${compared} compared, the others refused; ${failures} answers differ from Java's.`,
);
process.exitCode = failures === 0 && compared > 0 ? 0 : 1;
