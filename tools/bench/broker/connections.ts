import type { RunningCluster } from "@ottla/conformance/cluster";
import { readProcessUsage } from "@ottla/conformance/process/process-usage";
import { Comparison } from "../measure/comparison.ts";
import { runRawProducer, startIdleConnections } from "../wire/processes.ts";
import { alternate, clusterOf, withClusters, withCpuOf } from "./pair.ts";
import type { BenchOptions, BenchPart } from "./part.ts";
import { createTopic } from "./perf-tools.ts";

const IDLE = 1_000;
const ACTIVE = 200;
const MEBIBYTE = 2 ** 20;

async function measure(cluster: RunningCluster, options: BenchOptions, comparison: Comparison): Promise<void> {
  const port = Number(cluster.bootstrap.split(":")[1]);
  const before = readProcessUsage(...cluster.pids).residentBytes;
  const idle = await startIdleConnections("127.0.0.1", port, IDLE);
  try {
    comparison.add(
      `memory for ${IDLE} idle connections, MiB`,
      cluster.kind,
      (readProcessUsage(...cluster.pids).residentBytes - before) / MEBIBYTE,
    );
    const task = {
      host: "127.0.0.1",
      port,
      topic: "active",
      partitions: 12,
      batchBytes: 1_200,
      recordBytes: 1_000,
      connections: ACTIVE,
      inFlight: 1,
    };
    const { result, cpuSeconds } = await withCpuOf(cluster, () => runRawProducer({ ...task, totalBytes: options.quick ? 1e7 : 2e8 }));
    comparison.add(`${ACTIVE} producers, 1 KB each request, requests/s`, cluster.kind, result.requestsPerSecond);
    comparison.add(`${ACTIVE} producers, p50, ms`, cluster.kind, result.p50Ms);
    comparison.add(`${ACTIVE} producers, p99, ms`, cluster.kind, result.p99Ms);
    comparison.add("broker CPU per request, µs", cluster.kind, (cpuSeconds / (result.requestsPerSecond * result.seconds)) * 1e6);
    comparison.add("resident memory under load, MiB", cluster.kind, readProcessUsage(...cluster.pids).residentBytes / MEBIBYTE);
    if (idle.process.exitCode !== null) throw new Error(`Idle connections were lost: ${idle.outputTail()}`);
  } finally {
    await idle.stop();
  }
}

/** 1,000 idle connections beside 200 active producers, each with one request in flight. */
export const connectionsPart: BenchPart = {
  title: "1,000 idle connections and 200 active producers",
  run: (options) =>
    withClusters(options, async (clusters) => {
      const comparison = new Comparison();
      for (const cluster of clusters) await createTopic(cluster.bootstrap, "active", 12);
      await alternate(options, (kind) => measure(clusterOf(clusters, kind), options, comparison));
      return comparison.toMarkdown(["ottla", "kafka"]);
    }),
};
