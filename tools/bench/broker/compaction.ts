import { existsSync, readFileSync } from "node:fs";
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
import { probeProduce, writeKeyedLog } from "../wire/keyed-log.ts";
import { alternate } from "./pair.ts";
import type { BenchOptions, BenchPart } from "./part.ts";

const TOPIC = "compacted";
const CONFIG = { "log.cleaner.backoff.ms": "100", "log.segment.delete.delay.ms": "1000" };
const TOPIC_RESOURCE = 2;
const SET = 0;
const SEGMENTS = 16;
const WATCH_EVERY_MS = 20;
const GIVE_UP_MS = 240_000;

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

const percentile = (sorted: readonly number[], share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0;

async function measure(cluster: RunningCluster, recordBytes: number, totalBytes: number, comparison: Comparison): Promise<void> {
  const name = `${recordBytes} B records`;
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
  await new Promise((resolve) => setTimeout(resolve, 3000));
  let quietUntil = performance.now() + 1500;
  await probeProduce(cluster.bootstrap, "probed", () => performance.now() > quietUntil);
  quietUntil = performance.now() + 5000;
  const quiet = await probeProduce(cluster.bootstrap, "probed", () => performance.now() > quietUntil);
  const before = readProcessUsage(...cluster.pids);
  let peakBytes = 0;
  let isOver = false;
  const startedAt = performance.now();
  let seconds = 0;
  const watch = async (): Promise<void> => {
    while (compactedBelow(cluster) === 0) {
      if (performance.now() - startedAt > GIVE_UP_MS) throw new Error(`${cluster.kind} did not compact the log in time.`);
      peakBytes = Math.max(peakBytes, readProcessUsage(...cluster.pids).residentBytes);
      await new Promise((resolve) => setTimeout(resolve, WATCH_EVERY_MS));
    }
    seconds = (performance.now() - startedAt) / 1000;
    isOver = true;
  };
  await beginCompaction(cluster.bootstrap);
  const [busy] = await Promise.all([probeProduce(cluster.bootstrap, "probed", () => isOver), watch()]);
  const cpuSeconds = readProcessUsage(...cluster.pids).cpuSeconds - before.cpuSeconds;
  // The last segment is never compacted.
  const bytes = (written.bytes * compactedBelow(cluster)) / written.records;
  const kind = cluster.kind;
  comparison.add(`${name}: MB/s of log`, kind, bytes / 1e6 / seconds, { than: "kafka", atLeast: 1 });
  comparison.add(`${name}: CPU s per GB`, kind, cpuSeconds / (bytes / 1e9));
  comparison.add(`${name}: peak memory of the process, MB`, kind, peakBytes / 1e6);
  comparison.add(`${name}: of which compaction, MB`, kind, Math.max(0, peakBytes - before.residentBytes) / 1e6);
  comparison.add(`${name}: produce p99 beside it, ms`, kind, percentile(busy, 0.99));
  comparison.add(`${name}: produce p99 without, ms`, kind, percentile(quiet, 0.99));
  comparison.add(`${name}: p99 beside ÷ p99 without`, kind, percentile(busy, 0.99) / percentile(quiet, 0.99));
  comparison.add(`${name}: the longest produce beside it, ms`, kind, busy.at(-1) ?? 0);
}

async function run(options: BenchOptions): Promise<string> {
  const comparison = new Comparison();
  for (const recordBytes of [1000, 100]) {
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
