/**
 * Nexmark's queries in the test driver, on one core: events per second of CPU, JSON read and written included. Each query is asked of the same events, in turns; a first turn that warms up is not counted.
 *
 *   npm run bench -- nexmark [--events N] [--turns N] [--only q0,q5]
 */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { NexmarkGenerator } from "../../examples/nexmark/generator.ts";
import { queries } from "../../examples/nexmark/queries.ts";
import { runQuery } from "../../examples/nexmark/run-query.ts";

const { values } = parseArgs({
  options: {
    events: { type: "string", default: "20000" },
    turns: { type: "string", default: "5" },
    only: { type: "string" },
  },
});
const [count, turns] = [Number(values.events), Number(values.turns)];
const chosen = Object.entries(queries).filter(([name]) => values.only === undefined || values.only.split(",").includes(name));
if (chosen.length === 0 || !(count > 0) || !(turns > 0)) {
  process.stderr.write(`Choose among ${Object.keys(queries).join(", ")}, and events and turns above 0.\n`);
  process.exit(2);
}

// A day has few events, so that those that look at days see several: 20,000 events last for 2,000 s.
const events = [...new NexmarkGenerator({ eventsPerSecond: 10 }).events(count)];
const rates = new Map(chosen.map(([name]) => [name, [] as number[]]));
const results = new Map<string, number>();
for (let turn = 0; turn <= turns; turn++) {
  for (const [name, query] of chosen) {
    const before = process.cpuUsage();
    results.set(name, runQuery(query, events).length);
    const { user, system } = process.cpuUsage(before);
    if (turn > 0) rates.get(name)!.push(count / ((user + system) / 1e6));
  }
}

console.log(
  `${count} events, ${turns} turns, ${cpus()[0]?.model ?? "unknown processor"}, Node ${process.version}; thousands of events per second of CPU`,
);
for (const [name, query] of chosen) {
  const sorted = rates.get(name)!.toSorted((a, b) => a - b);
  const [least, median, most] = [0, Math.floor(sorted.length / 2), sorted.length - 1].map((at) => (sorted[at]! / 1000).toFixed(1));
  console.log(
    `${name.padEnd(4)} ${median!.padStart(7)} (${least}–${most})  ${String(results.get(name)).padStart(6)} results  ${query.asks}`,
  );
}
