import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunningCluster } from "@ottla/conformance/cluster";
import { readProcessUsage } from "@ottla/conformance/process/process-usage";
import { startCluster } from "@ottla/conformance/target";
import { RawConnection } from "@ottla/conformance/wire/raw-connection";
import { createTopicsApi, makeCreatableTopic, makeCreatableTopicConfig, makeCreateTopicsRequest } from "@ottla/protocol/apis/create-topics";
import {
  incrementalAlterConfigsApi,
  makeAlterableConfig,
  makeAlterConfigsResource,
  makeIncrementalAlterConfigsRequest,
} from "@ottla/protocol/apis/incremental-alter-configs";
import { Comparison } from "../measure/comparison.ts";
import { writeKeyedLog } from "../wire/keyed-log.ts";
import { startProduceProbe } from "../wire/processes.ts";
import { alternate } from "./pair.ts";
import type { BenchOptions, BenchPart } from "./part.ts";

const TOPIC = "compacted";
const CONFIG = { "log.cleaner.backoff.ms": "100", "log.segment.delete.delay.ms": "1000" };
const TOPIC_RESOURCE = 2;
const SET = 0;
const RECORD_BYTES = [1000, 100];
const SEGMENTS = 16;
const WARM_UP_MS = 1500;
const QUIET_MS = 6000;
const WATCH_EVERY_MS = 20;
const GIVE_UP_MS = 240_000;

const recordsOf = (recordBytes: number): string => `${recordBytes} B records`;

async function createTopic(bootstrap: string, name: string, segmentBytes: number): Promise<void> {
  const connection = await RawConnection.open(bootstrap);
  const configs = [makeCreatableTopicConfig({ name: "segment.bytes", value: String(segmentBytes) })];
  const topics = [makeCreatableTopic({ name, numPartitions: 1, replicationFactor: 1, configs })];
  const answer = await connection.ask(createTopicsApi, 5, makeCreateTopicsRequest({ topics, timeoutMs: 30_000 }));
  connection.close();
  if (answer?.topics[0]?.errorCode !== 0) throw new Error(`The topic was not created: ${JSON.stringify(answer)}`);
}

async function beginCompaction(bootstrap: string): Promise<void> {
  const connection = await RawConnection.open(bootstrap);
  const configs = [
    ["cleanup.policy", "compact"],
    ["min.cleanable.dirty.ratio", "0.01"],
  ].map(([name, value]) => makeAlterableConfig({ name: name!, configOperation: SET, value: value! }));
  const resources = [makeAlterConfigsResource({ resourceType: TOPIC_RESOURCE, resourceName: TOPIC, configs })];
  const answer = await connection.ask(
    incrementalAlterConfigsApi,
    1,
    makeIncrementalAlterConfigsRequest({ resources, validateOnly: false }),
  );
  connection.close();
  if (answer?.responses[0]?.errorCode !== 0) throw new Error(`The policy was not changed: ${JSON.stringify(answer)}`);
}

/** The offset that the cleaner has noted when it was through; 0 until then. */
function compactedBelow(cluster: RunningCluster): number {
  const file = `${cluster.dataFolders[0]}/cleaner-offset-checkpoint`;
  if (!existsSync(file)) return 0;
  return Number(new RegExp(`^${TOPIC} 0 (\\d+)`, "m").exec(readFileSync(file, "utf8"))?.[1] ?? 0);
}

async function measure(cluster: RunningCluster, recordBytes: number, totalBytes: number, comparison: Comparison): Promise<void> {
  const name = recordsOf(recordBytes);
  const segmentBytes = Math.floor(totalBytes / SEGMENTS);
  await createTopic(cluster.bootstrap, TOPIC, segmentBytes);
  await createTopic(cluster.bootstrap, "probed", segmentBytes);
  const written = await writeKeyedLog({
    bootstrap: cluster.bootstrap,
    topic: TOPIC,
    totalBytes,
    keys: 1_000_000,
    recordBytes,
    batchBytes: 65_536,
  });
  // The machine writes back what was produced.
  await sleep(3000);
  const probe = await startProduceProbe(cluster.bootstrap, "probed");
  await sleep(WARM_UP_MS);
  await probe.look();
  // As it will be looked beside compaction: who looks has its share in the latencies.
  const quietUntil = performance.now() + QUIET_MS;
  while (performance.now() < quietUntil) {
    compactedBelow(cluster);
    readProcessUsage(...cluster.pids);
    await sleep(WATCH_EVERY_MS);
  }
  const quiet = await probe.look();
  const before = readProcessUsage(...cluster.pids);
  let peakBytes = 0;
  await beginCompaction(cluster.bootstrap);
  const startedAt = performance.now();
  while (compactedBelow(cluster) === 0) {
    if (performance.now() - startedAt > GIVE_UP_MS) throw new Error(`${cluster.kind} did not compact the log in time.`);
    peakBytes = Math.max(peakBytes, readProcessUsage(...cluster.pids).residentBytes);
    await sleep(WATCH_EVERY_MS);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const busy = await probe.look();
  const cpuSeconds = readProcessUsage(...cluster.pids).cpuSeconds - before.cpuSeconds;
  await probe.stop();
  // The last segment is never compacted.
  const bytes = (written.bytes * compactedBelow(cluster)) / written.records;
  const kind = cluster.kind;
  comparison.add(`${name}: MB/s of log`, kind, bytes / 1e6 / seconds, { than: "kafka", atLeast: 1 });
  comparison.add(`${name}: CPU s per GB`, kind, cpuSeconds / (bytes / 1e9));
  comparison.add(`${name}: peak memory of the process, MB`, kind, peakBytes / 1e6);
  comparison.add(`${name}: of which compaction, MB`, kind, Math.max(0, peakBytes - before.residentBytes) / 1e6);
  comparison.add(`${name}: produce p99 beside it, ms`, kind, busy.p99Ms);
  comparison.add(`${name}: produce p99 without, ms`, kind, quiet.p99Ms);
  comparison.add(`${name}: p99 beside ÷ p99 without`, kind, busy.p99Ms / quiet.p99Ms, { than: "kafka", below: 2 });
  comparison.add(`${name}: the longest produce beside it, ms`, kind, busy.maxMs);
  comparison.add(`${name}: the longest produce without, ms`, kind, quiet.maxMs);
}

async function run(options: BenchOptions): Promise<string> {
  const comparison = new Comparison();
  for (const recordBytes of RECORD_BYTES.filter((bytes) => recordsOf(bytes).includes(options.workload ?? ""))) {
    const totalBytes = options.quick ? 2e8 : 2e9;
    await alternate(options, async (kind) => {
      const cluster = await startCluster(kind, { config: CONFIG, production: true });
      try {
        await measure(cluster, recordBytes, totalBytes, comparison);
      } finally {
        await cluster.stop();
      }
    });
  }
  return comparison.toMarkdown(["ottla", "kafka"]);
}

/** One log of 2 GB with a million keys is compacted as fast as it goes, while small records are produced beside it. */
export const compactionPart: BenchPart = { title: "Compaction of a 2 GB log with 1 M keys", run };
