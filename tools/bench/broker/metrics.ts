import { setInterval } from "node:timers";
import type { RunningCluster } from "@ottla/conformance/cluster";
import { startOttla } from "@ottla/conformance/ottla/broker";
import { readProcessUsage } from "@ottla/conformance/process/process-usage";
import { formatNumber, formatSample, summarize } from "../measure/statistics.ts";
import { runRawProducer } from "../wire/processes.ts";
import type { BenchOptions, BenchPart } from "./part.ts";
import { createTopic } from "./perf-tools.ts";

/** Ten times as often as is usual, so that each reading has some. */
const SCRAPE_EVERY_MS = 500;
const SCRAPES_ALONE = 200;
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
    const [ones, others] = [of(without) ?? [], of(scraped) ?? []];
    // Of each round by itself: a slow minute hits both sides of it.
    const percents = ones.map((one, round) => (isCost ? others[round]! / one - 1 : one / others[round]! - 1) * 100);
    const middle = percents
      .toSorted((one, other) => one - other)
      .slice(Math.floor(percents.length / 4), Math.ceil((percents.length * 3) / 4));
    return `| ${measure} | ${formatSample(summarize(ones))} | ${formatSample(summarize(others))} | ${formatSample(summarize(middle))} |`;
  };
  const rows = RECORD_BYTES.flatMap((bytes) => [
    row(`${bytes} B records: MB/s`, ({ megabytesPerSecond }) => megabytesPerSecond.get(`${bytes} B`), false),
    row(`${bytes} B records: broker CPU s per GB`, ({ cpuPerGigabyte }) => cpuPerGigabyte.get(`${bytes} B`), true),
  ]);
  return [
    "| measure | without `--metrics-port` | with it, scraped twice a second | cost in %, the middle half of the rounds |",
    "| --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
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
    clearInterval(scraper);
    const scrapes = options.quick ? 20 : SCRAPES_ALONE;
    const before = readProcessUsage(...scraped.cluster.pids).cpuSeconds;
    for (let i = 0; i < scrapes; i++) await scrape();
    const scrapeMs = ((readProcessUsage(...scraped.cluster.pids).cpuSeconds - before) / scrapes) * 1000;
    const alone = `A scrape by itself, ${scrapes} in a row on the same broker, takes ${formatNumber(scrapeMs)} ms of its processor time: ${formatNumber(scrapeMs / 150)} % of one processor at the usual 15 s.`;
    return `${toMarkdown(without, scraped)}\n\n${alone} One connection, ${IN_FLIGHT} requests in flight, batches of 16 KiB, ${OTHER_PARTITIONS} other partitions; a scrape is ${Math.round(bytes / 1024)} KiB.`;
  } finally {
    clearInterval(scraper);
    for (const { cluster } of sides) await cluster.stop();
  }
}

/** What it costs producers that metrics are served and read; two brokers of ours, in turns. */
export const metricsPart: BenchPart = { title: "The cost of metrics on producing", run };
