import type { RunningCluster } from "@ottla/conformance/cluster";
import { Comparison } from "../measure/comparison.ts";
import { alternate, clusterOf, withClusters, withCpuOf } from "./pair.ts";
import { type BenchOptions, type BenchPart, names } from "./part.ts";
import { createTopic, runConsumerPerf, runProducerPerf } from "./perf-tools.ts";

interface Workload {
  readonly name: string;
  readonly topic: string;
  readonly partitions: number;
  readonly recordBytes: number;
  readonly records: number;
  readonly codec: string;
}

function workloads(quick: boolean): Workload[] {
  const list: Workload[] = [];
  for (const recordBytes of [1_024, 100]) {
    for (const codec of ["none", "lz4"]) {
      for (const partitions of [1, 12]) {
        const records = (recordBytes === 100 ? 1_500_000 : 250_000) / (quick ? 20 : 1);
        const size = recordBytes === 100 ? "100 B" : "1 KB";
        list.push({
          name: `${size}, ${codec}, ${partitions} partition${partitions === 1 ? "" : "s"}`,
          topic: `perf-${recordBytes}-${codec}-${partitions}`,
          partitions,
          recordBytes,
          records,
          codec,
        });
      }
    }
  }
  return list;
}

const gigabytes = (load: Workload): number => (load.records * load.recordBytes) / 1e9;

async function produce(cluster: RunningCluster, load: Workload, comparison: Comparison): Promise<void> {
  const { result, cpuSeconds } = await withCpuOf(cluster, () =>
    runProducerPerf({
      bootstrap: cluster.bootstrap,
      topic: load.topic,
      records: load.records,
      recordBytes: load.recordBytes,
      properties: [`compression.type=${load.codec}`],
    }),
  );
  comparison.add(`produce ${load.name}, MB/s`, cluster.kind, result.megabytesPerSecond, { than: "kafka", atLeast: 1 });
  comparison.add(`produce ${load.name}, p99 latency, ms`, cluster.kind, result.p99Ms);
  if (load.codec === "none")
    comparison.add(`produce ${load.name}, broker CPU s per GB`, cluster.kind, cpuSeconds / gigabytes(load), { than: "kafka", atMost: 1 });
}

async function consume(cluster: RunningCluster, load: Workload, records: number, comparison: Comparison): Promise<void> {
  const { result, cpuSeconds } = await withCpuOf(cluster, () =>
    runConsumerPerf({ bootstrap: cluster.bootstrap, topic: load.topic, records }),
  );
  comparison.add(`consume ${load.name}, MB/s`, cluster.kind, result.megabytesPerSecond, { than: "kafka", atLeast: 1 });
  if (load.codec === "none")
    comparison.add(`consume ${load.name}, broker CPU s per GB`, cluster.kind, cpuSeconds / ((records * load.recordBytes) / 1e9), {
      than: "kafka",
      atMost: 1,
    });
}

async function measure(options: BenchOptions, clusters: readonly RunningCluster[]): Promise<string> {
  const producing = new Comparison();
  const consuming = new Comparison();
  for (const cluster of clusters) {
    // Once unmeasured: the JVM compiles, V8 optimises.
    await createTopic(cluster.bootstrap, "warm-up", 4);
    for (let round = 0; round < (options.quick ? 1 : 2); round += 1) {
      await runProducerPerf({
        bootstrap: cluster.bootstrap,
        topic: "warm-up",
        records: options.quick ? 50_000 : 400_000,
        recordBytes: 500,
      });
      await runConsumerPerf({ bootstrap: cluster.bootstrap, topic: "warm-up", records: options.quick ? 50_000 : 400_000 });
    }
  }
  for (const load of workloads(options.quick).filter(({ name }) => names(options, name))) {
    for (const cluster of clusters) await createTopic(cluster.bootstrap, load.topic, load.partitions);
    await alternate(options, (kind) => produce(clusterOf(clusters, kind), load, producing));
    await alternate(options, (kind) => consume(clusterOf(clusters, kind), load, load.records * options.rounds, consuming));
  }
  return `kafka-producer-perf-test, acks=all:\n\n${producing.toMarkdown(["ottla", "kafka"])}\n\nkafka-consumer-perf-test over the same data (time spent fetching):\n\n${consuming.toMarkdown(["ottla", "kafka"])}`;
}

/** kafka-producer-perf-test and kafka-consumer-perf-test over eight workloads. */
export const throughputPart: BenchPart = {
  title: "Producing and consuming with Kafka's perf tools",
  run: (options) => withClusters(options, (clusters) => measure(options, clusters)),
};
