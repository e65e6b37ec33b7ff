import { type CdcLatency, measureCdcLatency } from "@ottla/conformance/connect/postgres/bench-cdc-latency";
import { writeReportSection } from "../measure/report.ts";
import type { ConnectBenchOptions } from "./part.ts";

/** Half of the 50,000 changes a second that one connector is to read. */
const RATE = Number(process.env["OTTLA_CDC_RATE"] ?? 25_000);
/** Of Debezium's engine, which does not follow the other. */
const PEER_RATE = Number(process.env["OTTLA_CDC_PEER_RATE"] ?? 2_500);
const SECONDS = 20;

/** From a change's commit to the end of a pipe at a steady load. */
export async function cdcLatencyPart({ report }: ConnectBenchOptions): Promise<void> {
  const runs: readonly (readonly [CdcLatency["who"], number])[] = [
    ["ottla", RATE],
    ["ottla", PEER_RATE],
    ["Debezium", PEER_RATE],
  ];
  const rows: string[] = [];
  for (const [who, rate] of runs) {
    const { changesPerSecond, p50Ms, p99Ms, maxMs } = await measureCdcLatency(who, rate, SECONDS);
    rows.push(`| ${who} | ${rate} | ${Math.round(changesPerSecond)} | ${p50Ms} | ${p99Ms} | ${maxMs} |`);
    process.stdout.write(`${rows.at(-1)}\n`);
  }
  const table = `| who | changes/s wanted | changes/s that came | p50, ms | p99, ms | longest, ms |\n|---|---|---|---|---|---|\n${rows.join("\n")}`;
  process.stdout.write(`\n${table}\n`);
  if (report)
    writeReportSection({
      id: "connect-cdc-latency",
      title: "Connect: how old a change of PostgreSQL's is when it comes",
      command: "npm run bench -- connect --only cdc-latency",
      body: `Updates of one row each, four a transaction, at a steady rate by a procedure in PostgreSQL 18; from the commit's time in the record to the end of a pipe, JSON with schemas, for ${SECONDS} s behind 8 s of warming. Goal: p99 below 250 ms at 25,000 a second.\n\n${table}`,
    });
}
