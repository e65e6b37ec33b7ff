import { setInterval } from "node:timers";
import { readProcessUsage } from "@ottla/conformance/process/process-usage";
import { startOttla } from "@ottla/conformance/ottla/broker";
import type { RunningCluster } from "@ottla/conformance/cluster";
import { formatNumber, formatSample, summarize } from "../measure/statistics.ts";
import { runRawProducer } from "../wire/processes.ts";
import type { BenchOptions, BenchPart } from "./part.ts";
import { createTopic } from "./perf-tools.ts";

/** Ten times as often as is usual, so that each reading has some. */
const SCRAPE_EVERY_MS = 500;
const OTHER_PARTITIONS = 200;
const IN_FLIGHT = 8;
const BATCH_BYTES = 16_384;
const RECORD_BYTES = [1000, 100];

interface Side {
  readonly name: string;
  readonly cluster: RunningCluster;
  readonly megabytesPerSecond: Map<string, number[]>;
  readonly cpuPerGigabyte: Map<string, number[]>;
}

function note(values: Map<string, number[]>, workload: string, value: number): void {
  const known = values.get(workload);
  if (known === undefined) values.set(workload, [value]);
  else known.push(value);
}

async function measure(
  { cluster, name, megabytesPerSecond, cpuPerGigabyte }: Side,
  recordBytes: number,
  totalBytes: number,
): Promise<void> {
  const workload = `${recordBytes} B`;
  const before = readProcessUsage(...cluster.pids).cpuSeconds;
  const result = await runRawProducer({
    host: "127.0.0.1",
    port: Number(cluster.bootstrap.split(":")[1]),
    topic: "measured",
    partitions: 1,
    batchBytes: BATCH_BYTES,
    recordBytes,
    totalBytes,
    connections: 1,
    inFlight: IN_FLIGHT,
  });
  const cpuSeconds = readProcessUsage(...cluster.pids).cpuSeconds - before;
  note(megabytesPerSecond, workload, result.megabytesPerSecond);
  note(cpuPerGigabyte, workload, cpuSeconds / (totalBytes / 1e9));
  process.stderr.write(`  ${name} ${workload}: ${formatNumber(result.megabytesPerSecond)} MB/s\n`);
}

function toMarkdown(without: Side, scraped: Side): string {
  const row = (measure: string, of: (side: Side) => readonly number[] | undefined, isCost: boolean): string => {
    const [one, other] = [summarize(of(without) ?? []), summarize(of(scraped) ?? [])];
    const percent = one && other ? (isCost ? other.median / one.median - 1 : one.median / other.median - 1) * 100 : NaN;
    return `| ${measure} | ${formatSample(one)} | ${formatSample(other)} | ${formatNumber(percent)} % |`;
  };
  const rows = RECORD_BYTES.flatMap((bytes) => [
    row(`${bytes} B records: MB/s`, ({ megabytesPerSecond }) => megabytesPerSecond.get(`${bytes} B`), false),
    row(`${bytes} B records: broker CPU s per GB`, ({ cpuPerGigabyte }) => cpuPerGigabyte.get(`${bytes} B`), true),
  ]);
  return ["| measure | without `--metrics-port` | with it, scraped twice a second | cost |", "| --- | --- | --- | --- |", ...rows].join(
    "\n",
  );
}

async function run(options: BenchOptions): Promise<string> {
  const start = async (name: string, metricsPort?: number): Promise<Side> => {
    const cluster = await startOttla({ production: true, ...(metricsPort !== undefined && { metricsPort }) });
    await createTopic(cluster.bootstrap, "others", OTHER_PARTITIONS);
    await createTopic(cluster.bootstrap, "measured", 1);
    return { name, cluster, megabytesPerSecond: new Map(), cpuPerGigabyte: new Map() };
  };
  const sides: Side[] = [];
  let scraper: NodeJS.Timeout | undefined;
  try {
    sides.push(await start("without"), await start("scraped", 0));
    const [without, scraped] = sides as [Side, Side];
    const scrape = async (): Promise<number> => (await (await fetch(`${scraped.cluster.metricsAddress}/metrics`)).text()).length;
    const bytes = await scrape();
    scraper = setInterval(() => void scrape(), SCRAPE_EVERY_MS);
    const totalBytes = options.quick ? 5e7 : 5e8;
    for (const recordBytes of RECORD_BYTES) {
      // Once unmeasured, so that V8 has optimised.
      for (const side of sides) await measure(side, recordBytes, totalBytes);
      for (const side of sides) for (const values of [side.megabytesPerSecond, side.cpuPerGigabyte]) values.delete(`${recordBytes} B`);
      for (let round = 0; round < options.rounds * 2; round++) {
        for (const side of round % 2 === 0 ? sides : sides.toReversed()) await measure(side, recordBytes, totalBytes);
      }
    }
    return `${toMarkdown(without, scraped)}\n\nOne connection, ${IN_FLIGHT} requests in flight, batches of 16 KiB, ${OTHER_PARTITIONS} other partitions; a scrape is ${Math.round(bytes / 1024)} KiB.`;
  } finally {
    clearInterval(scraper);
    for (const { cluster } of sides) await cluster.stop();
  }
}

/** What it costs producers that metrics are served and read; two brokers of ours, in turns. */
export const metricsPart: BenchPart = { title: "The cost of metrics on producing", run };
