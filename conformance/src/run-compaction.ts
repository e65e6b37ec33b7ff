// npm run test:compaction [-- --seed 7 --rounds 4]: what Apache Kafka's cleaner leaves of a log, and what ours leaves of a copy of it, batch by batch.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { silentLogger } from "@ottla/base";
import { nodeDisk, systemClock, systemRandom } from "@ottla/base/node";
import { SeededRandom, testSeed } from "@ottla/base/simulated";
import { defaultLogConfig, type LogConfig, LogStore, SameThreadEngine, ThreadedEngine } from "@ottla/log";
import { createTopicsApi, makeCreatableTopic, makeCreatableTopicConfig, makeCreateTopicsRequest } from "@ottla/protocol/apis/create-topics";
import {
  incrementalAlterConfigsApi,
  makeAlterableConfig,
  makeAlterConfigsResource,
  makeIncrementalAlterConfigsRequest,
} from "@ottla/protocol/apis/incremental-alter-configs";
import { writeCompactionBound } from "../../packages/log/src/segment/compaction-bound.ts";
import { countPartition, type FoundBatch, readPartition } from "./compaction/kafka-log.ts";
import { InputWriter } from "./compaction/write-input.ts";
import { dumpLog } from "./log/dump-log.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "./process/temporary-folder.ts";
import { waitUntil } from "./process/wait-until.ts";
import { startCluster } from "./target.ts";
import { RawConnection } from "./wire/raw-connection.ts";

const SEGMENT_BYTES = 1024 * 1024;
const DELETE_RETENTION_MS = 1500;
/** Both clean within so much of each other, or nearly. */
const HORIZON_TOLERANCE_MS = 60_000;
const DIFFERENCES_SHOWN = 20;
const { values } = parseArgs({ options: { seed: { type: "string" }, rounds: { type: "string", default: "4" } } });
const seed = values.seed === undefined ? testSeed() : Number(values.seed);

const deps = { disk: nodeDisk, clock: systemClock, random: systemRandom, logger: silentLogger };
const topics = { compacted: {}, "append-time": { "message.timestamp.type": "LogAppendTime" } } as const;

const folder = makeTemporaryFolder("compaction");
const kafka = await startCluster("kafka", { config: { "log.cleaner.backoff.ms": "100", "log.segment.delete.delay.ms": "0" } });
const connection = await RawConnection.open(kafka.bootstrap);
let failures = 0;
try {
  for (const [topic, configs] of Object.entries(topics)) await runTopic(topic, configs);
} finally {
  connection.close();
  await kafka.stop();
  removeTemporaryFolder(folder);
}
process.exitCode = failures === 0 ? 0 : 1;

async function runTopic(topic: string, configs: Readonly<Record<string, string>>): Promise<void> {
  const given = Object.entries({ ...configs, "segment.bytes": String(SEGMENT_BYTES), "delete.retention.ms": String(DELETE_RETENTION_MS) });
  const created = makeCreatableTopic({
    name: topic,
    numPartitions: 1,
    replicationFactor: 1,
    configs: given.map(([name, value]) => makeCreatableTopicConfig({ name, value })),
  });
  const answer = await connection.ask(createTopicsApi, 5, makeCreateTopicsRequest({ topics: [created], timeoutMs: 30_000 }));
  if (answer?.topics[0]?.errorCode !== 0) throw new Error(`The topic was not created: ${JSON.stringify(answer)}`);
  const writer = new InputWriter(connection, new SeededRandom(seed), topic);
  const directory = join(kafka.dataFolders[0]!, `${topic}-0`);
  for (let round = 0; round < Number(values.rounds); round++) {
    await setPolicy(topic, "delete");
    await writer.write(300);
    await writer.roll(SEGMENT_BYTES * 1.5);
    const copy = join(folder, `${topic}-${round}`);
    // A data directory of ours, before there is anything in it.
    await LogStore.open(deps, copy).close();
    copyPartition(directory, join(copy, `${topic}-0`));
    // What Apache Kafka has compacted before has holes, which are no losses.
    await writeCompactionBound(nodeDisk, join(copy, `${topic}-0`), cleanedBelow(topic));
    const activeBase = lastSegment(directory);
    // The horizon that the round before has given is over.
    await new Promise((resolve) => setTimeout(resolve, DELETE_RETENTION_MS + 500));
    await setPolicy(topic, "compact");
    await waitUntil("Apache Kafka has cleaned the log", async () => Promise.resolve(cleanedBelow(topic) >= activeBase), {
      timeoutMs: 60_000,
    });
    await cleanOurs(copy, topic);
    const theirs = readPartition(directory);
    const ours = readPartition(join(copy, `${topic}-0`));
    const differences = compare(theirs, ours);
    const dumped = { name: `${topic}, cleaned by ours`, directory: join(copy, `${topic}-0`), ...countPartition(join(copy, `${topic}-0`)) };
    // To the tool a batch that is kept without its records has no time, and so no entry of a time index fits it.
    const complaints = (await dumpLog(dumped)).filter((complaint) => !complaint.includes("timestamp mismatch"));
    failures += differences.length + complaints.length;
    const records = theirs.reduce((sum, batch) => sum + batch.recordCount, 0);
    console.log(
      `${differences.length + complaints.length === 0 ? "ok    " : "FAILED"} ${topic}, seed ${seed}, round ${round}: ${theirs.length} batches with ${records} records are left`,
    );
    for (const line of [...differences.slice(0, DIFFERENCES_SHOWN), ...complaints]) console.error(`       ${line}`);
    rmSync(copy, { recursive: true });
  }
}

async function setPolicy(topic: string, policy: string): Promise<void> {
  const configs = [
    makeAlterableConfig({ name: "cleanup.policy", configOperation: 0, value: policy }),
    makeAlterableConfig({ name: "min.cleanable.dirty.ratio", configOperation: 0, value: "0.001" }),
  ];
  const resources = [makeAlterConfigsResource({ resourceType: 2, resourceName: topic, configs })];
  const answer = await connection.ask(
    incrementalAlterConfigsApi,
    1,
    makeIncrementalAlterConfigsRequest({ resources, validateOnly: false }),
  );
  if (answer?.responses[0]?.errorCode !== 0) throw new Error(`The policy was not changed: ${JSON.stringify(answer)}`);
}

function lastSegment(directory: string): number {
  return Math.max(
    ...readdirSync(directory)
      .filter((name) => name.endsWith(".log"))
      .map((name) => Number.parseInt(name, 10)),
  );
}

function cleanedBelow(topic: string): number {
  const file = join(kafka.dataFolders[0]!, "cleaner-offset-checkpoint");
  if (!existsSync(file)) return 0;
  return Number(new RegExp(`^${topic} 0 (\\d+)$`, "m").exec(readFileSync(file, "utf8"))?.[1] ?? 0);
}

/** The logs and the aborted transactions; all else is made again from these. */
function copyPartition(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) if (/\.(log|txnindex)$|^partition\.metadata$/.test(name)) cpSync(join(from, name), join(to, name));
}

async function cleanOurs(directory: string, topic: string): Promise<void> {
  const config: LogConfig = {
    ...defaultLogConfig,
    compacts: true,
    deletes: false,
    minCleanableDirtyRatio: 0,
    segmentBytes: SEGMENT_BYTES,
    deleteRetentionMs: DELETE_RETENTION_MS,
    fileDeleteDelayMs: 0,
  };
  const cleanerEngine = new ThreadedEngine({ ...deps, fallback: new SameThreadEngine(deps) });
  const store = LogStore.open(deps, directory, { cleaner: {}, cleanerEngine });
  const loaded = await store.loadPartitions({ configOf: () => config });
  if (loaded.get(`${topic}-0`)?.kind !== "opened") throw new Error("Our store could not open Apache Kafka's log.");
  await store.compact();
  await store.close();
}

function compare(theirs: readonly FoundBatch[], ours: readonly FoundBatch[]): string[] {
  const differences: string[] = [];
  const byOffset = new Map(ours.map((batch) => [batch.baseOffset, batch]));
  for (const expected of theirs) {
    const actual = byOffset.get(expected.baseOffset);
    byOffset.delete(expected.baseOffset);
    if (actual === undefined) {
      differences.push(`Apache Kafka kept the batch ${describe(expected)}, ours did not`);
      continue;
    }
    const isHorizonAlike =
      (expected.horizonMs === undefined) === (actual.horizonMs === undefined) &&
      Math.abs((expected.horizonMs ?? 0) - (actual.horizonMs ?? 0)) < HORIZON_TOLERANCE_MS;
    if (!isHorizonAlike) differences.push(`${describe(expected)}: horizon ${expected.horizonMs}, ours ${actual.horizonMs}`);
    for (const field of Object.keys(expected) as (keyof FoundBatch)[]) {
      if (field === "horizonMs" || field === "records") continue;
      if (expected[field] !== actual[field]) differences.push(`${describe(expected)}: ${field} ${expected[field]}, ours ${actual[field]}`);
    }
    if (expected.records.join("\n") !== actual.records.join("\n")) differences.push(`${describe(expected)}: other records than ours`);
  }
  for (const extra of byOffset.values()) differences.push(`ours kept the batch ${describe(extra)}, Apache Kafka did not`);
  return differences;
}

function describe(batch: FoundBatch): string {
  return `${batch.baseOffset}–${batch.lastOffset} (attributes ${batch.attributes}, producer ${batch.producer}, ${batch.recordCount} records) in ${batch.segment}`;
}
