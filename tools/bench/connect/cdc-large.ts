import { measureLargeSnapshot } from "@ottla/conformance/connect/postgres/bench-cdc";
import { writeReportSection } from "../measure/report.ts";
import type { ConnectBenchOptions } from "./part.ts";

const ROWS = Number(process.env["OTTLA_CDC_ROWS"] ?? 10_000_000);

/** The snapshot of a table of ten million rows, and whether its memory is flat. */
export async function cdcLargePart({ report }: ConnectBenchOptions): Promise<void> {
  const { rowsPerSecond, rowsPerCpuSecond, residentMegabytes } = await measureLargeSnapshot(ROWS);
  const table = [
    `| snapshot of ${ROWS} rows | ottla |`,
    "|---|---|",
    `| rows/s | ${Math.round(rowsPerSecond)} |`,
    `| rows per second of CPU | ${Math.round(rowsPerCpuSecond)} |`,
    `| resident MB at each tenth of the rows | ${residentMegabytes.map((each) => Math.round(each)).join(", ")} |`,
  ].join("\n");
  process.stdout.write(`\n${table}\n`);
  if (report)
    writeReportSection({
      id: "connect-cdc-large",
      title: "Connect: PostgreSQL's snapshot of a large table",
      command: "npm run bench -- connect --only cdc-large",
      body: `Our connector in a process with V8's bounds of a thread of tasks, which makes JSON with schemas and writes it to a pipe.\n\n${table}`,
    });
}
