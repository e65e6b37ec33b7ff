import { setTimeout as sleep } from "node:timers/promises";
import type { ClusterKind } from "@ottla/conformance/cluster";
import { readProcessUsage } from "@ottla/conformance/process/process-usage";
import { makeTemporaryFolder, removeTemporaryFolder } from "@ottla/conformance/process/temporary-folder";
import { startCluster } from "@ottla/conformance/target";
import { Comparison } from "../measure/comparison.ts";
import type { BenchOptions, BenchPart } from "./part.ts";
import { createTopic, runProducerPerf } from "./perf-tools.ts";

const MEBIBYTE = 2 ** 20;

async function measure(kind: ClusterKind, options: BenchOptions, comparison: Comparison): Promise<void> {
  const partitions = options.quick ? 1_000 : 10_000;
  const dataDir = makeTemporaryFolder("many-partitions");
  const startOptions = { production: true, dataDir };
  try {
    const first = await startCluster(kind, startOptions);
    await createTopic(first.bootstrap, "many", partitions);
    await sleep(5_000); // Kafka goes on electing leaders after it has answered
    const figures = await runProducerPerf({
      bootstrap: first.bootstrap,
      topic: "many",
      records: options.quick ? 100_000 : 2_000_000,
      recordBytes: 100,
      // On a busy machine Kafka leaves some of so many partitions waiting for longer than the two minutes by default.
      properties: ["delivery.timeout.ms=600000"],
    });
    comparison.add("produce 100 B spread over all, MB/s", kind, figures.megabytesPerSecond);
    comparison.add("resident memory after producing, MiB", kind, readProcessUsage(...first.pids).residentBytes / MEBIBYTE);
    const stoppedAt = performance.now();
    await first.stop();
    comparison.add("clean stop, s", kind, (performance.now() - stoppedAt) / 1_000);
    const second = await startCluster(kind, startOptions);
    comparison.add("start again to first Metadata, s", kind, second.startMs / 1_000);
    comparison.add("CPU time of that start, s", kind, second.startCpuSeconds);
    await sleep(2_000);
    comparison.add("idle resident memory, MiB", kind, readProcessUsage(...second.pids).residentBytes / MEBIBYTE);
    await second.kill();
    const third = await startCluster(kind, startOptions);
    comparison.add("start after kill -9, s", kind, third.startMs / 1_000);
    await third.stop();
  } finally {
    removeTemporaryFolder(dataDir);
  }
}

/** 10,000 partitions on one node: produce over all, stop, start, start after a kill. */
export const partitionsPart: BenchPart = {
  title: "10,000 partitions on one node",
  async run(options) {
    const comparison = new Comparison();
    for (const kind of options.contestants) await measure(kind, options, comparison);
    return comparison.toMarkdown(["ottla", "kafka"]);
  },
};
