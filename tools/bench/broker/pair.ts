import type { ClusterKind, RunningCluster } from "@ottla/conformance/cluster";
import { readProcessUsage } from "@ottla/conformance/process/process-usage";
import { startCluster } from "@ottla/conformance/target";
import type { BenchOptions } from "./part.ts";

const brokerConfig: Readonly<Record<string, string>> = {
  "group.initial.rebalance.delay.ms": "0",
  "offsets.topic.num.partitions": "1",
};

/** Starts each contestant once, runs `body` with all of them up, and stops them whatever happens. The idle one costs next to nothing. */
export async function withClusters<T>(
  options: BenchOptions,
  body: (clusters: readonly RunningCluster[]) => Promise<T>,
  config = brokerConfig,
): Promise<T> {
  const clusters: RunningCluster[] = [];
  try {
    for (const kind of options.contestants) clusters.push(await startCluster(kind, { config, production: true }));
    return await body(clusters);
  } finally {
    await Promise.all(clusters.map((cluster) => cluster.stop()));
  }
}

/** Calls `measure` for each contestant in turn, `rounds` times: one after the other, so that a slow minute of the machine hits both. */
export async function alternate(options: BenchOptions, measure: (kind: ClusterKind, round: number) => Promise<void>): Promise<void> {
  for (let round = 0; round < options.rounds; round += 1) {
    const order = round % 2 === 0 ? options.contestants : [...options.contestants].reverse();
    for (const kind of order) await measure(kind, round);
  }
}

/** The contestant's running cluster. */
export function clusterOf(clusters: readonly RunningCluster[], kind: ClusterKind): RunningCluster {
  const found = clusters.find((cluster) => cluster.kind === kind);
  if (found === undefined) throw new Error(`${kind} was not started.`);
  return found;
}

/** Runs `work` and gives the CPU seconds that the cluster's processes spent meanwhile. */
export async function withCpuOf<T>(
  cluster: RunningCluster,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly cpuSeconds: number }> {
  const before = readProcessUsage(...cluster.pids).cpuSeconds;
  const result = await work();
  return { result, cpuSeconds: readProcessUsage(...cluster.pids).cpuSeconds - before };
}
