import type { RunningCluster } from "@ottla/conformance/cluster";
import { readProcessUsage } from "@ottla/conformance/process/process-usage";
import { makeTemporaryFolder, removeTemporaryFolder } from "@ottla/conformance/process/temporary-folder";
import { Comparison, type Contestant } from "../measure/comparison.ts";
import { runRawProducer, runRawReader, startBareLoopProcess } from "../wire/processes.ts";
import { makeProduceFrame } from "../wire/produce-frame.ts";
import { withClusters } from "./pair.ts";
import type { BenchOptions, BenchPart } from "./part.ts";
import { createTopic } from "./perf-tools.ts";

const IN_FLIGHT = 32;
const RECORD_BYTES = 1_000;

interface Server {
  readonly contestant: Contestant;
  readonly port: number;
  readonly pids: readonly number[];
}

async function measureServer(server: Server, topic: string, batchBytes: number, totalBytes: number, comparison: Comparison): Promise<void> {
  const label = `${Math.round(batchBytes / 1024)} KiB batches`;
  const cpu = (): number => readProcessUsage(...server.pids).cpuSeconds;
  const place = { host: "127.0.0.1", port: server.port, topic };
  const cpuBefore = cpu();
  const produced = await runRawProducer({
    ...place,
    partitions: 1,
    batchBytes,
    recordBytes: RECORD_BYTES,
    totalBytes,
    connections: 1,
    inFlight: IN_FLIGHT,
  });
  const cpuBetween = cpu();
  comparison.add(`produce ${label}, MB/s`, server.contestant, produced.megabytesPerSecond, { than: "bare loop", atLeast: 0.6 });
  comparison.add(`produce ${label}, CPU s per GB`, server.contestant, (cpuBetween - cpuBefore) / (totalBytes / 1e9));
  const fetchBytes = fetchBytesFor(produced.batchBytes);
  const wholeFetches = Math.floor(totalBytes / fetchBytes) * fetchBytes;
  const read = await runRawReader({
    ...place,
    fromOffset: 0,
    totalBytes: wholeFetches,
    fetchBytes,
    batchBytes: produced.batchBytes,
    recordsPerBatch: produced.recordsPerBatch,
  });
  comparison.add(`fetch ${label}, MB/s`, server.contestant, read.megabytesPerSecond, { than: "bare loop", atLeast: 0.6 });
  comparison.add(`fetch ${label}, CPU s per GB`, server.contestant, (cpu() - cpuBetween) / (wholeFetches / 1e9));
}

/** About a mebibyte, in whole batches. */
function fetchBytesFor(batchBytes: number): number {
  return Math.max(1, Math.floor(2 ** 20 / batchBytes)) * batchBytes;
}

async function measureBareLoop(topic: string, batchBytes: number, totalBytes: number, comparison: Comparison): Promise<void> {
  const folder = makeTemporaryFolder("bare-loop");
  const frame = makeProduceFrame(topic, 0, batchBytes, RECORD_BYTES);
  const { child, port } = await startBareLoopProcess({
    topic,
    batchStart: frame.batchStart,
    fetchBytes: fetchBytesFor(frame.batchBytes),
    file: `${folder}/log`,
  });
  try {
    // As the brokers are: once unmeasured, so that V8 has optimised.
    await runRawProducer({
      host: "127.0.0.1",
      port,
      topic,
      partitions: 1,
      batchBytes,
      recordBytes: RECORD_BYTES,
      totalBytes: totalBytes / 3,
      connections: 1,
      inFlight: IN_FLIGHT,
    });
    await measureServer({ contestant: "bare loop", port, pids: [child.pid] }, topic, batchBytes, totalBytes, comparison);
  } finally {
    await child.stop();
    removeTemporaryFolder(folder);
  }
}

async function measureCluster(
  cluster: RunningCluster,
  round: number,
  batchBytes: number,
  totalBytes: number,
  comparison: Comparison,
): Promise<void> {
  const topic = `limit-${batchBytes}-${round}`;
  await createTopic(cluster.bootstrap, topic, 1);
  const port = Number(cluster.bootstrap.split(":")[1]);
  await measureServer({ contestant: cluster.kind, port, pids: cluster.pids }, topic, batchBytes, totalBytes, comparison);
}

async function run(options: BenchOptions): Promise<string> {
  const comparison = new Comparison();
  const totalBytes = options.quick ? 1e8 : 6e8;
  await withClusters(options, async (clusters) => {
    for (const cluster of clusters) await measureCluster(cluster, -1, 16_384, totalBytes / 3, new Comparison());
    for (let round = 0; round < options.rounds; round += 1) {
      for (const batchBytes of [16_384, 131_072]) {
        await measureBareLoop(`limit-${batchBytes}-${round}`, batchBytes, totalBytes, comparison);
        for (const cluster of clusters) await measureCluster(cluster, round, batchBytes, totalBytes, comparison);
      }
    }
  });
  const conditions = `One connection, ${IN_FLIGHT} requests in flight, acks=1, one batch of ${RECORD_BYTES}-byte records a request; fetch of about 1 MiB at a time. Sender and reader are the same process for all.`;
  return `${conditions}\n\n${comparison.toMarkdown(["ottla", "bare loop", "kafka"])}`;
}

/** The same frames against the bare Node loop, our broker and Apache Kafka. */
export const limitsPart: BenchPart = { title: "The limit of a Node loop", run };
