import { statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import type { RunningCluster } from "@ottla/conformance/cluster";
import { formatNumber } from "../measure/statistics.ts";
import { runRawProducer, runRawReader } from "../wire/processes.ts";
import { withClusters, withCpuOf } from "./pair.ts";
import type { BenchOptions, BenchPart } from "./part.ts";
import { createTopic } from "./perf-tools.ts";

const GIGABYTE = 1e9;
const BATCH_BYTES = 131_072;
const RECORD_BYTES = 1_000;

interface Checkpoint {
  readonly logGigabytes: number;
  readonly appendMBs: number;
  readonly appendCpuPerGB: number;
  readonly tailReadMBs: number;
  readonly tailReadCpuPerGB: number;
}

/** Grows one partition by a hundred times and measures the same small append and tail read on the way. */
async function grow(cluster: RunningCluster, totalBytes: number): Promise<Checkpoint[]> {
  await createTopic(cluster.bootstrap, "growing", 1);
  const place = { host: "127.0.0.1", port: Number(cluster.bootstrap.split(":")[1]), topic: "growing" };
  const sample = totalBytes / 100;
  let written = 0;
  let nextOffset = 0;
  const append = async (bytes: number) => {
    const result = await runRawProducer({
      ...place,
      partitions: 1,
      batchBytes: BATCH_BYTES,
      recordBytes: RECORD_BYTES,
      totalBytes: bytes,
      connections: 1,
      inFlight: 16,
    });
    const batches = Math.ceil(bytes / result.batchBytes);
    written += batches * result.batchBytes;
    nextOffset += batches * result.recordsPerBatch;
    return result;
  };
  await append(sample); // unmeasured: V8 optimises
  const checkpoints: Checkpoint[] = [];
  for (const size of [sample, totalBytes / 10, totalBytes]) {
    while (written < size) await append(Math.min(2 * GIGABYTE, size - written));
    const appended = await withCpuOf(cluster, () => append(sample));
    const batches = Math.floor(sample / appended.result.batchBytes) - 8;
    const fromOffset = nextOffset - batches * appended.result.recordsPerBatch;
    const bytes = batches * appended.result.batchBytes;
    const task = {
      ...place,
      fromOffset,
      totalBytes: bytes - appended.result.batchBytes * 8,
      fetchBytes: 2 ** 20,
      batchBytes: appended.result.batchBytes,
      recordsPerBatch: appended.result.recordsPerBatch,
    };
    const read = await withCpuOf(cluster, () => runRawReader(task));
    checkpoints.push({
      logGigabytes: written / GIGABYTE,
      appendMBs: appended.result.megabytesPerSecond,
      appendCpuPerGB: appended.cpuSeconds / (sample / GIGABYTE),
      tailReadMBs: read.result.megabytesPerSecond,
      tailReadCpuPerGB: read.cpuSeconds / (task.totalBytes / GIGABYTE),
    });
    process.stderr.write(`  ${JSON.stringify(checkpoints.at(-1))}\n`);
  }
  return checkpoints;
}

async function run(options: BenchOptions): Promise<string> {
  const disk = statfsSync(tmpdir());
  const freeBytes = disk.bavail * disk.bsize;
  const totalBytes = options.quick ? GIGABYTE : Math.min(30 * GIGABYTE, freeBytes / 3);
  const checkpoints = await withClusters({ ...options, contestants: ["ottla"] }, ([cluster]) =>
    grow(cluster as RunningCluster, totalBytes),
  );
  const rows = checkpoints.map((each) => `| ${Object.values(each).map(formatNumber).join(" | ")} |`);
  return `| log, GB | append, MB/s | append, CPU s per GB | tail read, MB/s | tail read, CPU s per GB |\n|---|---|---|---|---|\n${rows.join("\n")}`;
}

/** Append and tail-read cost as one partition grows a hundred times. Ours alone. */
export const growthPart: BenchPart = { title: "A log that grows a hundred times", run };
