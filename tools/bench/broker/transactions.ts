import type { RunningCluster } from "@ottla/conformance/cluster";
import { runJavaDriver } from "@ottla/conformance/kafka/java-tool";
import { Comparison } from "../measure/comparison.ts";
import { alternate, clusterOf, withClusters } from "./pair.ts";
import type { BenchPart } from "./part.ts";
import { createTopic } from "./perf-tools.ts";

const jvm = ["-Xms256m", "-Xmx256m", "-XX:+UseG1GC"];
const RECORD_BYTES = 1000;
const PARTITIONS = 3;

interface Workload {
  readonly name: string;
  readonly recordsPerTransaction: number;
  readonly commitEveryMs: number;
}

const workloads: readonly Workload[] = [
  { name: "100 records a transaction", recordsPerTransaction: 100, commitEveryMs: 0 },
  { name: "a commit each second", recordsPerTransaction: 0, commitEveryMs: 1000 },
];

async function runProducer(cluster: RunningCluster, workload: Workload, seconds: number, comparison: Comparison): Promise<void> {
  const { name, recordsPerTransaction, commitEveryMs } = workload;
  const args = [cluster.bootstrap, "transactions", seconds, RECORD_BYTES, recordsPerTransaction, commitEveryMs].map(String);
  const result = await runJavaDriver("TransactionBench", args, { jvm, timeoutMs: 300_000 });
  if (result.status !== 0) throw new Error(`TransactionBench failed: ${result.stderr.slice(-800)}`);
  const figures = JSON.parse(result.stdout) as { recordsPerSecond: number; transactionsPerSecond: number; commitMs: number };
  comparison.add(`${name}: records/s`, cluster.kind, figures.recordsPerSecond, { than: "kafka", atLeast: 1 });
  if (recordsPerTransaction > 0)
    comparison.add(`${name}: transactions/s`, cluster.kind, figures.transactionsPerSecond, { than: "kafka", atLeast: 1 });
  comparison.add(`${name}: commitTransaction, ms`, cluster.kind, figures.commitMs);
}

/** Java's transactional producer, one, with the protocol that the cluster finalizes (transaction.version 2 on both). */
export const transactionsPart: BenchPart = {
  title: "Transactions: Java's producer, 1 KB records, 3 partitions",
  run: (options) =>
    withClusters(options, async (clusters) => {
      const comparison = new Comparison();
      const seconds = options.quick ? 2 : 10;
      for (const cluster of clusters) await createTopic(cluster.bootstrap, "transactions", PARTITIONS);
      for (const workload of workloads) {
        await alternate(options, (kind) => runProducer(clusterOf(clusters, kind), workload, seconds, comparison));
      }
      return comparison.toMarkdown(["ottla", "kafka"]);
    }),
};
