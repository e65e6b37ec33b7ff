/**
 * Our serdes beside those of the two npm clients of registries: 1 KB records, ids and schemas at hand, per second of CPU.
 *
 *   npm run bench -- serdes [--rounds 5] [--report]
 */
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { bundleSerdes } from "@ottla/conformance/ottla/bundled-serdes";
import { startRegistry } from "@ottla/conformance/ottla/registry";
import { root } from "../workspaces.ts";
import { writeReportSection } from "./measure/report.ts";
import { formatSample, summarize } from "./measure/statistics.ts";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "5" }, report: { type: "boolean", default: false } } });
const PEERS = ["ottla", "confluent", "kafkajs"] as const;
interface Line {
  readonly format: string;
  readonly bytes: number;
  readonly direction: string;
  readonly peer: (typeof PEERS)[number];
  readonly perSecond: number;
}

const registry = await startRegistry();
const serdes = await bundleSerdes();
const samples = new Map<string, Map<string, number[]>>();
try {
  const child = spawn(
    process.execPath,
    [join(root, "conformance", "src", "run-serde-peers.ts"), registry.registry, serdes, values.rounds],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  for await (const text of createInterface({ input: child.stdout })) {
    if (!text.startsWith("{")) continue;
    const { bytes, direction, format, peer, perSecond } = JSON.parse(text) as Line;
    const row = `${format}, ${direction}`;
    const ofRow = samples.get(row) ?? new Map<string, number[]>();
    samples.set(row, ofRow);
    ofRow.set(peer, [...(ofRow.get(peer) ?? []), perSecond]);
    process.stderr.write(`${row} (${bytes} bytes): ${peer} ${Math.round(perSecond)}\n`);
  }
  if ((await ended) !== 0) process.exitCode = 1;
} finally {
  rmSync(fileURLToPath(serdes));
  await registry.stop();
}

const rows = [...samples].map(([row, ofRow]) => {
  const of = PEERS.map((peer) => summarize(ofRow.get(peer) ?? []));
  const [ours, ...others] = of.map((sample) => sample?.median ?? 0);
  return `| ${row} | ${of.map(formatSample).join(" | ")} | ${(ours! / Math.max(...others)).toFixed(2)} |`;
});
const table = `| records per second of CPU | ottla | @confluentinc/schemaregistry | @kafkajs/confluent-schema-registry | ours ÷ the best other |\n|---|---|---|---|---|\n${rows.join("\n")}`;
process.stdout.write(`\n${table}\n`);
if (values.report) {
  writeReportSection({
    id: "serdes",
    title: "Serdes beside the npm clients of registries",
    command: "npm run bench -- serdes --report",
    body: `An order of about 1 KB with eight lines; ids and schemas at hand; JSON held against its schema by all three on both ways. One process, in turns.\n\n${table}`,
  });
}
