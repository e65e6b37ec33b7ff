import { Comparison } from "../../measure/comparison.ts";
import { alternate, withCpuOf } from "../pair.ts";
import { type BenchOptions, names } from "../part.ts";
import { createTopic, runConsumerPerf, runProducerPerf } from "../perf-tools.ts";
import type { SecuredCluster } from "./secured-clusters.ts";

interface Workload {
  readonly name: string;
  readonly topic: string;
  readonly partitions: number;
  readonly recordBytes: number;
  readonly records: number;
}

const workloads = (quick: boolean): readonly Workload[] =>
  [1_024, 100].flatMap((recordBytes) =>
    [1, 12].map((partitions) => ({
      name: `TLS, ${recordBytes === 100 ? "100 B" : "1 KB"}, ${partitions} partition${partitions === 1 ? "" : "s"}`,
      topic: `tls-${recordBytes}-${partitions}`,
      partitions,
      recordBytes,
      records: (recordBytes === 100 ? 1_500_000 : 250_000) / (quick ? 20 : 1),
    })),
  );

const GOAL = { than: "kafka", atLeast: 0.8 } as const;

/** kafka-producer-perf-test and kafka-consumer-perf-test over TLS, at both in turns. */
export async function measureTlsThroughput(options: BenchOptions, clusters: readonly SecuredCluster[]): Promise<string> {
  const chosen = workloads(options.quick).filter(({ name }) => names(options, name));
  if (chosen.length === 0) return "";
  const comparison = new Comparison();
  const of = (kind: string): SecuredCluster => clusters.find(({ cluster }) => cluster.kind === kind)!;
  for (const { plain, ssl, caFile } of clusters) {
    await createTopic(plain, "tls-warm-up", 4);
    const warmUp = { bootstrap: ssl, topic: "tls-warm-up", records: options.quick ? 20_000 : 300_000, properties: trusting(caFile) };
    await runProducerPerf({ ...warmUp, recordBytes: 500 });
    await runConsumerPerf(warmUp);
  }
  for (const { name, topic, partitions, recordBytes, records } of chosen) {
    for (const { plain } of clusters) await createTopic(plain, topic, partitions);
    await alternate(options, async (kind) => {
      const { cluster, ssl, caFile } = of(kind);
      const properties = trusting(caFile);
      const { result, cpuSeconds } = await withCpuOf(cluster, () =>
        runProducerPerf({ bootstrap: ssl, topic, records, recordBytes, properties }),
      );
      comparison.add(`produce ${name}, MB/s`, kind, result.megabytesPerSecond, GOAL);
      comparison.add(`produce ${name}, broker CPU s per GB`, kind, cpuSeconds / ((records * recordBytes) / 1e9));
    });
    const all = records * options.rounds;
    await alternate(options, async (kind) => {
      const { cluster, ssl, caFile } = of(kind);
      const { result, cpuSeconds } = await withCpuOf(cluster, () =>
        runConsumerPerf({ bootstrap: ssl, topic, records: all, properties: trusting(caFile) }),
      );
      comparison.add(`consume ${name}, MB/s`, kind, result.megabytesPerSecond, GOAL);
      comparison.add(`consume ${name}, broker CPU s per GB`, kind, cpuSeconds / ((all * recordBytes) / 1e9));
    });
  }
  return `Kafka's perf tools over TLS 1.3 (P-256; TLS_AES_256_GCM_SHA384), acks=all:\n\n${comparison.toMarkdown(["ottla", "kafka"])}`;
}

function trusting(caFile: string): readonly string[] {
  return ["security.protocol=SSL", "ssl.truststore.type=PEM", `ssl.truststore.location=${caFile}`];
}
