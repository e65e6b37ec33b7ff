/**
 * What `@ottla/testing` costs a test: starting, resetting, stopping, and what is left open afterwards.
 *
 *   npm run bench -- testing [--rounds N] [--no-report]
 */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { writeReportSection } from "./measure/report.ts";
import { formatSample, summarize } from "./measure/statistics.ts";

interface Lives {
  readonly importMs: number;
  readonly first: Readonly<Record<string, number>>;
  readonly warm: readonly Readonly<Record<string, number>>[];
  readonly handles: readonly string[];
}

/** Ms. */
const GOALS: Readonly<Record<string, number>> = { "start to first acknowledged record": 50, stop: 10 };

const { values } = parseArgs({ options: { rounds: { type: "string", default: "10" }, "no-report": { type: "boolean", default: false } } });
const program = fileURLToPath(new URL("testing/kit-process.ts", import.meta.url));
const lives: Lives[] = [];
for (let round = 0; round < Number(values.rounds); round++) {
  // A process that a forgotten handle keeps alive is stopped, and that is an error.
  lives.push(JSON.parse(execFileSync(process.execPath, ["--conditions=source", program], { encoding: "utf8", timeout: 60_000 })));
}
const left = new Set(lives.flatMap(({ handles }) => handles));
const steps = Object.keys(lives[0]?.first ?? {});
const rows = [
  ["ms", "first in a process", "later ones", "goal"],
  ["---", "---", "---", "---"],
  ["import", formatSample(summarize(lives.map(({ importMs }) => importMs))), "", ""],
  ...steps.map((step) => {
    const first = summarize(lives.map((each) => each.first[step]!));
    const warm = summarize(lives.flatMap((each) => each.warm.map((times) => times[step]!)));
    const goal = GOALS[step];
    const verdict = goal === undefined ? "" : `< ${goal}: ${(first?.median ?? Infinity) < goal ? "met" : "**missed**"}`;
    return [step, formatSample(first), formatSample(warm), verdict];
  }),
];
const table = rows.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
const handles =
  left.size === 0 ? "Afterwards nothing is open, and the process ends by itself." : `Left open afterwards: ${[...left].join(", ")}.`;
const body = `A Kafka with one virtual broker and one topic; sources run as they are, by type stripping.\n\n${table}\n\n${handles}`;
process.stdout.write(`${body}\n`);
if (!values["no-report"]) writeReportSection({ id: "testing", title: "The testing kit", command: "npm run bench -- testing", body });
