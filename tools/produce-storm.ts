// `npm run storm:produce -- FIRST LAST`: storms of producers on a simulated broker, one for each seed; says which seeds end badly, and how.
import { parseArgs } from "node:util";
import { produceStorm } from "../packages/broker/src/testing/produce-storm.ts";

const [first = 1, last = 200] = parseArgs({ allowPositionals: true }).positionals.map(Number);
const sums = { batches: 0, connections: 0, refused: 0 };
for (let seed = first; seed <= last; seed++) {
  const { faults, ...report } = await produceStorm(seed);
  for (const key of ["batches", "connections", "refused"] as const) sums[key] += report[key];
  if (faults.length === 0) continue;
  process.exitCode = 1;
  console.log(`seed ${seed}:\n  ${faults.join("\n  ")}`);
}
console.log(
  `seeds ${first} to ${last}: ${sums.batches} batches, ${sums.connections} connections, ${sums.refused} of them closed by the broker`,
);
