import { setTimeout as sleep } from "node:timers/promises";
import type { ClusterKind, RunningCluster } from "@ottla/conformance/cluster";
import { readProcessUsage } from "@ottla/conformance/process/process-usage";
import { makeTemporaryFolder, removeTemporaryFolder } from "@ottla/conformance/process/temporary-folder";
import { startCluster } from "@ottla/conformance/target";
import { RawConnection } from "@ottla/conformance/wire/raw-connection";
import {
  makeOffsetCommitRequest,
  makeOffsetCommitRequestPartition,
  makeOffsetCommitRequestTopic,
  offsetCommitApi,
} from "@ottla/protocol/apis/offset-commit";
import {
  makeOffsetFetchRequest,
  makeOffsetFetchRequestGroup,
  makeOffsetFetchRequestTopics,
  offsetFetchApi,
} from "@ottla/protocol/apis/offset-fetch";
import { Comparison } from "../measure/comparison.ts";
import { findCoordinator } from "../wire/find-coordinator.ts";
import { alternate } from "./pair.ts";
import type { BenchOptions, BenchPart } from "./part.ts";
import { createTopic } from "./perf-tools.ts";

const TOPIC = "committed";
const PARTITIONS = 1000;
const COMMIT_VERSION = 8;
const FETCH_VERSION = 8;
/** Segments that small are closed soon, so that the cleaner has them. */
const CONFIG = {
  "offsets.topic.segment.bytes": "1048576",
  "log.cleaner.backoff.ms": "500",
  "log.segment.delete.delay.ms": "1000",
  "log.cleaner.min.cleanable.ratio": "0.01",
};
const ASKED_AT_ONCE = 100;
const CLEANING_MS = 15_000;
/** COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR. */
const MUST_WAIT: ReadonlySet<number> = new Set([14, 15, 16]);
const MEBIBYTE = 2 ** 20;

const nameOf = (group: number): string => `payments-service-${group}`;

/** Every group commits every partition; a group that is not there yet is asked again. */
async function commit(bootstrap: string, from: number, to: number, offset: number): Promise<void> {
  const connection = await RawConnection.open(bootstrap);
  await findCoordinator(connection);
  for (let group = from; group < to; group++) {
    const partitions = Array.from({ length: PARTITIONS }, (_, partitionIndex) =>
      makeOffsetCommitRequestPartition({ partitionIndex, committedOffset: offset + partitionIndex, committedMetadata: "" }),
    );
    const topics = [makeOffsetCommitRequestTopic({ name: TOPIC, partitions })];
    const request = makeOffsetCommitRequest({ groupId: nameOf(group), topics });
    for (;;) {
      const answer = await connection.ask(offsetCommitApi, COMMIT_VERSION, request);
      const errorCode = answer?.topics[0]?.partitions[0]?.errorCode;
      if (errorCode === 0) break;
      if (errorCode === undefined || !MUST_WAIT.has(errorCode)) throw new Error(`A commit was answered with error ${errorCode}.`);
      await sleep(200);
    }
  }
  connection.close();
}

/** Resolves when an offset of each group can be read, and is the one that was committed. */
async function allLoaded(bootstrap: string, groups: number, offset: number): Promise<void> {
  const connection = await RawConnection.open(bootstrap);
  const topics = [makeOffsetFetchRequestTopics({ name: TOPIC, partitionIndexes: [PARTITIONS - 1] })];
  const missing = new Set(Array.from({ length: groups }, (_, group) => nameOf(group)));
  while (missing.size > 0) {
    // Few at a time: the questions must not be what the broker is busy with.
    const before = missing.size;
    const asked = [...missing].slice(0, ASKED_AT_ONCE).map((groupId) => makeOffsetFetchRequestGroup({ groupId, topics }));
    const answer = await connection.ask(offsetFetchApi, FETCH_VERSION, makeOffsetFetchRequest({ groups: asked }));
    for (const { groupId, errorCode, topics: found } of answer?.groups ?? []) {
      const committed = found[0]?.partitions[0];
      if (errorCode !== 0 || committed?.errorCode !== 0) continue;
      if (committed.committedOffset !== offset + PARTITIONS - 1) throw new Error(`${groupId} has lost its offsets.`);
      missing.delete(groupId);
    }
    if (missing.size === before) await sleep(5);
  }
  connection.close();
}

async function measureStart(cluster: RunningCluster, groups: number, offset: number, comparison: Comparison): Promise<void> {
  const answeredAt = performance.now();
  await allLoaded(cluster.bootstrap, groups, offset);
  const { kind, startMs, pids } = cluster;
  const usage = readProcessUsage(...pids);
  comparison.add("start to first Metadata, ms", kind, startMs);
  comparison.add("start until all groups are loaded, ms", kind, startMs + performance.now() - answeredAt, { than: "kafka", below: 1000 });
  comparison.add("CPU time until then, ms", kind, usage.cpuSeconds * 1000);
  comparison.add("resident memory then, MiB", kind, usage.residentBytes / MEBIBYTE);
}

async function run(options: BenchOptions): Promise<string> {
  const comparison = new Comparison();
  const groups = options.quick ? 50 : 1000;
  const folders = new Map<ClusterKind, string>();
  try {
    for (const kind of options.contestants) {
      const dataDir = makeTemporaryFolder("committed-offsets");
      folders.set(kind, dataDir);
      const cluster = await startCluster(kind, { config: CONFIG, production: true, dataDir });
      await createTopic(cluster.bootstrap, TOPIC, PARTITIONS);
      // Half of the groups commit twice: what the cleaner is for.
      await commit(cluster.bootstrap, 0, groups / 2, 0);
      await commit(cluster.bootstrap, 0, groups, 1000);
      await sleep(CLEANING_MS);
      await cluster.stop();
    }
    await alternate(options, async (kind) => {
      const cluster = await startCluster(kind, { config: CONFIG, production: true, dataDir: folders.get(kind)! });
      await measureStart(cluster, groups, 1000, comparison);
      await cluster.stop();
    });
  } finally {
    for (const folder of folders.values()) removeTemporaryFolder(folder);
  }
  return comparison.toMarkdown(["ottla", "kafka"]);
}

/** A million committed offsets of a thousand groups, in an internal topic that was compacted. */
export const offsetsPart: BenchPart = { title: "Start with 1 M committed offsets", run };
