/**
 * Nexmark's queries in the test driver, on one core: events per second of CPU, JSON read and written included. Each query is asked of the same events, in turns; a first turn that warms up is not counted.
 *
 *   npm run bench -- nexmark --help
 */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { NexmarkGenerator } from "../../examples/nexmark/generator.ts";
import { queries } from "../../examples/nexmark/queries.ts";
import { runQuery } from "../../examples/nexmark/run-query.ts";
import { writeReportSection } from "./measure/report.ts";

const { values } = parseArgs({
  options: {
    events: { type: "string", default: "20000" },
    turns: { type: "string", default: "5" },
    only: { type: "string" },
    report: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  process.stdout.write(`npm run bench -- nexmark [options]: events per second of CPU of Nexmark's queries in the test driver, JSON read and written.

  --events N    of a turn (20000)
  --turns N     that count (5); one before them does not
  --only NAMES  ${Object.keys(queries).join(",")} or some of them
  --report      writes docs/benchmarks.md
`);
  process.exit(0);
}
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
const rows: string[] = [];
for (const [name, query] of chosen) {
  const sorted = rates.get(name)!.toSorted((a, b) => a - b);
  const [least, median, most] = [0, Math.floor(sorted.length / 2), sorted.length - 1].map((at) => (sorted[at]! / 1000).toFixed(1));
  rows.push(`| ${name} | ${median} (${least}–${most}) | ${results.get(name)} | ${query.asks} |`);
  console.log(
    `${name.padEnd(4)} ${median!.padStart(7)} (${least}–${most})  ${String(results.get(name)).padStart(6)} results  ${query.asks}`,
  );
}
if (values.report) {
  const only = values.only === undefined ? "" : ` --only ${values.only}`;
  const said =
    "Thousands of events per second of CPU in the test driver, stores in memory, JSON read and written: the median of the turns, the least and the most. Every query is asked of the same events, one turn after another.";
  const table = ["| query | thousands a second | results | asks |", "| --- | --- | --- | --- |", ...rows].join("\n");
  const command = `npm run bench -- nexmark --events ${count} --turns ${turns}${only}`;
  writeReportSection({ id: "nexmark", title: "Streams: Nexmark's queries in the test driver", command, body: `${said}\n\n${table}` });
}
