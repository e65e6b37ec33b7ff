import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDev } from "../registry/contestants.ts";
import { Comparison } from "../measure/comparison.ts";
import { writeReportSection } from "../measure/report.ts";
import { type MeasuredWorker, startApache, startOurs } from "./workers.ts";

/** What a measurement of a worker has. */
export interface WorkerRound {
  readonly who: "ottla" | "kafka";
  /** A broker of ours, in memory, that both use. */
  readonly broker: { readonly bootstrap: string; readonly pid: number };
  readonly folder: string;
  readonly comparison: Comparison;
  /** Starts the worker over topics that nobody used before; stopped with the round. */
  start(): Promise<MeasuredWorker>;
}

/** What a section of the report says. */
export interface WorkerSection {
  readonly id: string;
  readonly title: string;
  readonly text: string;
}

/** Measures our worker and Apache's in turns, the other one first every second time, each round over a new broker. Contestant "kafka" is Apache Connect. */
export async function besideApache(
  rounds: number,
  measure: (round: WorkerRound) => Promise<void>,
  report: boolean,
  { id, title, text }: WorkerSection,
): Promise<void> {
  const comparison = new Comparison();
  // Once unmeasured: a checkout bundles our sources at the first start.
  await (await startDev({ only: "broker" })).stop();
  for (let number = 0; number < rounds; number++) {
    const order = ["ottla", "kafka"] as const;
    for (const who of number % 2 === 0 ? order : order.toReversed()) await oneRound(who, comparison, measure);
  }
  const table = comparison.toMarkdown(["ottla", "kafka"]).replace("| kafka |", "| Apache Connect |");
  process.stdout.write(`\n${table}\n`);
  if (report)
    writeReportSection({
      id: `connect-${id}`,
      title,
      command: `npm run bench -- connect --only ${id} --rounds ${rounds}`,
      body: `${text}\n\n${table}`,
    });
}

async function oneRound(who: "ottla" | "kafka", comparison: Comparison, measure: (round: WorkerRound) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "ottla-bench-connect-"));
  const broker = await startDev({ only: "broker" });
  const begun: MeasuredWorker[] = [];
  const start = async (): Promise<MeasuredWorker> => {
    const worker = await (who === "ottla" ? startOurs : startApache)(folder, broker.bootstrap, `bench-${begun.length}`);
    begun.push(worker);
    return worker;
  };
  try {
    await measure({ who, broker, folder, comparison, start });
  } finally {
    for (const worker of begun) await worker.stop();
    await broker.stop();
    rmSync(folder, { recursive: true });
  }
}
