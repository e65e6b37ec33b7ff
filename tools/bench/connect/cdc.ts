import { type CdcFigures, measureCdc } from "@ottla/conformance/connect/postgres/bench-cdc";
import { writeReportSection } from "../measure/report.ts";
import { formatSample, summarize } from "../measure/statistics.ts";
import type { ConnectBenchOptions } from "./part.ts";

const ROWS = Number(process.env["OTTLA_CDC_ROWS"] ?? 200_000);
const CHANGES = 50_000;

/** PostgreSQL CDC beside Debezium's engine on the same database: both make JSON with schemas and write it to a pipe. */
export async function cdcPart({ rounds, report }: ConnectBenchOptions): Promise<void> {
  const figures: CdcFigures[] = [];
  await measureCdc({ rows: ROWS, changes: CHANGES, rounds }, (figure) => {
    figures.push(figure);
    process.stdout.write(
      `${figure.who} ${figure.what}: ${Math.round(figure.eventsPerSecond)}/s, ${Math.round(figure.eventsPerCpuSecond)} per CPU second, ${Math.round(figure.peakMegabytes)} MB\n`,
    );
  });
  const rows = (["snapshot", "changes"] as const).flatMap((what) => {
    const of = (who: CdcFigures["who"], value: (figure: CdcFigures) => number) =>
      summarize(figures.filter((figure) => figure.what === what && figure.who === who).map(value));
    const row = (name: string, value: (figure: CdcFigures) => number): string => {
      const [ours, theirs] = [of("ottla", value), of("Debezium", value)];
      return `| ${what}: ${name} | ${formatSample(ours)} | ${formatSample(theirs)} | ${((ours?.median ?? 0) / (theirs?.median ?? 1)).toFixed(2)} |`;
    };
    return [
      row("records/s", (figure) => figure.eventsPerSecond),
      row("records per second of CPU", (figure) => figure.eventsPerCpuSecond),
      row("peak MB", (figure) => figure.peakMegabytes),
    ];
  });
  const table = `| ${ROWS} rows, then ${CHANGES} updates a round | ottla | Debezium 3.3.1 | ratio |\n|---|---|---|---|\n${rows.join("\n")}`;
  process.stdout.write(`\n${table}\n`);
  if (report)
    writeReportSection({
      id: "connect-cdc",
      title: "Connect: PostgreSQL CDC beside Debezium's engine",
      command: `npm run bench -- connect --only cdc --rounds ${rounds}`,
      body: `One PostgreSQL 18, each side a process that makes JSON with schemas and writes it to a pipe, stopped while the other works; updates wait in the log when a round begins, which is of ten rows a transaction.\n\n${table}`,
    });
}
