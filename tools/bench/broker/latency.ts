import type { RunningCluster } from "@ottla/conformance/cluster";
import { runJavaDriver, runJavaTool } from "@ottla/conformance/kafka/java-tool";
import { Comparison } from "../measure/comparison.ts";
import { alternate, clusterOf, withClusters } from "./pair.ts";
import type { BenchPart } from "./part.ts";
import { createTopic } from "./perf-tools.ts";

const jvm = ["-Xms256m", "-Xmx256m", "-XX:+UseG1GC"];
const RECORD_BYTES = 100;

async function runEndToEnd(cluster: RunningCluster, records: number, comparison: Comparison): Promise<void> {
  const args = [
    "--bootstrap-server",
    cluster.bootstrap,
    "--topic",
    "latency",
    "--num-records",
    String(records),
    "--producer-acks",
    "1",
    "--record-size",
    String(RECORD_BYTES),
  ];
  const result = await runJavaTool("e2e-latency", args, { jvm, timeoutMs: 300_000 });
  const average = /Avg latency: ([\d.]+) ms/.exec(result.stdout)?.[1];
  const percentiles = /50th = (\d+), 99th = (\d+), 99\.9th = (\d+)/.exec(result.stdout);
  if (result.status !== 0 || average === undefined || percentiles === null)
    throw new Error(`kafka-e2e-latency failed: ${result.stdout}${result.stderr}`.slice(-800));
  comparison.add("kafka-e2e-latency average, ms", cluster.kind, Number(average));
  comparison.add("kafka-e2e-latency p50, whole ms", cluster.kind, Number(percentiles[1]), { than: "kafka", below: 1 });
  comparison.add("kafka-e2e-latency p99, whole ms", cluster.kind, Number(percentiles[2]), { than: "kafka", atMost: 1 });
}

async function runProbe(cluster: RunningCluster, records: number, comparison: Comparison): Promise<void> {
  const result = await runJavaDriver("LatencyProbe", [cluster.bootstrap, "latency", String(records), String(RECORD_BYTES), "1"], {
    jvm,
    timeoutMs: 300_000,
  });
  if (result.status !== 0) throw new Error(`LatencyProbe failed: ${result.stderr.slice(-800)}`);
  const figures = JSON.parse(result.stdout) as { p50Us: number; p99Us: number; p999Us: number };
  comparison.add("same loop in µs: p50, ms", cluster.kind, figures.p50Us / 1_000, { than: "kafka", below: 1 });
  comparison.add("same loop in µs: p99, ms", cluster.kind, figures.p99Us / 1_000, { than: "kafka", atMost: 1 });
  comparison.add("same loop in µs: p99.9, ms", cluster.kind, figures.p999Us / 1_000);
}

/** One record at a time, produced with acks=1 and consumed: Kafka's own tool, and the same loop with finer clock. */
export const latencyPart: BenchPart = {
  title: "End-to-end latency, acks=1, 100 B",
  run: (options) =>
    withClusters(options, async (clusters) => {
      const comparison = new Comparison();
      const records = options.quick ? 500 : 5_000;
      for (const cluster of clusters) await createTopic(cluster.bootstrap, "latency", 1);
      await alternate(options, (kind) => runEndToEnd(clusterOf(clusters, kind), records, comparison));
      await alternate(options, (kind) => runProbe(clusterOf(clusters, kind), records, comparison));
      return comparison.toMarkdown(["ottla", "kafka"]);
    }),
};
