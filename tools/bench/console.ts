/**
 * Our console over a cluster of very many topics, in a real browser.
 *
 *   npm run bench -- console --help
 */
import { parseArgs } from "node:util";
import { openBrowser } from "@ottla/conformance/console/browser";
import { besidePart } from "./console/beside.ts";
import { startLargeCluster } from "./console/large-cluster.ts";
import { startOwnConsole } from "./console/own-console.ts";
import { pagesPart } from "./console/pages.ts";
import type { ConsoleBenchPart } from "./console/part.ts";
import { restPart } from "./console/rest.ts";
import { searchPart } from "./console/search.ts";
import { tailPart } from "./console/tail.ts";
import { choose } from "./measure/choose.ts";
import { Comparison } from "./measure/comparison.ts";
import { writeReportSection } from "./measure/report.ts";

const parts: Readonly<Record<string, ConsoleBenchPart>> = {
  pages: pagesPart,
  search: searchPart,
  tail: tailPart,
  rest: restPart,
  beside: besidePart,
};
const names = Object.keys(parts);
const { values } = parseArgs({
  options: {
    help: { type: "boolean", default: false },
    only: { type: "string", default: names.join(",") },
    rounds: { type: "string", default: "3" },
    topics: { type: "string", default: "10000" },
    groups: { type: "string", default: "2000" },
    report: { type: "boolean", default: false },
  },
});

if (values.help) {
  process.stdout.write(`npm run bench -- console [options]: the console over many topics of four partitions on our broker, in Debian's chromium.

  --only NAMES   ${names.join(",")} or some of them
  --rounds N     rounds of each (3)
  --topics N     (10000)
  --groups N     (2000)
  --report       writes docs/benchmarks.md
`);
  process.exit(0);
}

const chosen = choose("only", values.only, names);
const comparison = new Comparison();
const cluster = await startLargeCluster({ topics: Number(values.topics), groups: Number(values.groups) });
const browser = await openBrowser();
const console = await startOwnConsole(cluster.bootstrap);
try {
  for (const name of chosen) await parts[name]!({ cluster, console, browser, comparison, rounds: Number(values.rounds) });
} finally {
  await console.stop();
  await browser.close();
  await cluster.broker.stop();
}

const table = comparison.toMarkdown(["ottla", "kafka"]).replace("| kafka |", "| without a console |");
process.stdout.write(`\n${table}\n`);
if (values.report)
  writeReportSection({
    id: "console",
    title: "Console over many topics",
    command: `npm run bench -- console --rounds ${values.rounds}${chosen.length === names.length ? "" : ` --only ${values.only}`}`,
    body: `${values.topics} topics of four partitions and ${values.groups} groups on our broker, each of broker, console (\`ottla up --only console\`) and browser (Debian's Chromium, headless, no GPU) a process of its own on one machine. Cold: a browser without a cache; warm: the same page once more. Content: what the page is for is painted.

${table}`,
  });
