/**
 * Append and read speed of one partition's log, beside a bare loop that does the least possible with the same bytes: the checksum that a broker owes every batch,
 * and one write per batch. Usage: `node --conditions=source tools/bench/log.ts [--megabytes 1024] [--rounds 3]`
 */
import { closeSync, fdatasyncSync, openSync, readSync, rmSync, writevSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { silentLogger } from "@ottla/base";
import { nodeDisk, systemClock, systemRandom } from "@ottla/base/node";
import { defaultLogConfig, LogStore, type PartitionLog } from "@ottla/log";
import { computeCrc, crc, RecordBatchBuilder, setBaseOffset } from "@ottla/protocol/records";

const MIB = 1024 * 1024;
const { values } = parseArgs({ options: { megabytes: { type: "string", default: "1024" }, rounds: { type: "string", default: "3" }, sizes: { type: "string", default: "1024,16384,1048576" } } });
const totalBytes = Number(values.megabytes) * MIB;

function makeBatch(bytes: number): Buffer {
  const builder = new RecordBatchBuilder({ limitBytes: bytes });
  const value = Buffer.alloc(Math.min(1000, bytes - 100), 97);
  while (builder.append(null, value, [], Date.now()));
  return builder.close("none");
}

/** As frames come off a socket: always other memory, already warm. */
function copiesOf(batch: Buffer): () => Buffer {
  const ring = Array.from({ length: Math.max(4, Math.ceil((96 * MIB) / batch.length)) }, () => Buffer.from(new Uint8Array(batch).buffer));
  let next = 0;
  return () => ring[next++ % ring.length]!;
}

function megabytesPerSecond(bytes: number, startMs: number): number {
  return bytes / MIB / ((performance.now() - startMs) / 1000);
}

function bareAppend(nextBatch: () => Buffer, count: number): number {
  const path = join(tmpdir(), `ottla-bench-bare-${process.pid}`);
  const fd = openSync(path, "w+");
  const start = performance.now();
  let bytes = 0;
  for (let i = 0; i < count; i++) {
    const batch = nextBatch();
    if (computeCrc(batch, 0) !== crc(batch, 0)) throw new Error("the bench made a bad batch");
    setBaseOffset(batch, 0, i);
    writevSync(fd, [batch]);
    bytes += batch.length;
  }
  const speed = megabytesPerSecond(bytes, start);
  fdatasyncSync(fd);
  const readStart = performance.now();
  for (let at = 0; at < bytes; ) at += readSync(fd, Buffer.allocUnsafeSlow(Math.min(MIB, bytes - at)), 0, Math.min(MIB, bytes - at), at);
  bareReadSpeed = megabytesPerSecond(bytes, readStart);
  closeSync(fd);
  rmSync(path);
  return speed;
}
let bareReadSpeed = 0;

async function withLog<T>(run: (log: PartitionLog) => Promise<T>): Promise<T> {
  const directory = join(tmpdir(), `ottla-bench-log-${process.pid}`);
  const store = LogStore.open({ disk: nodeDisk, clock: systemClock, random: systemRandom, logger: silentLogger }, directory);
  await store.loadPartitions({ configOf: () => defaultLogConfig });
  try {
    return await run(store.createPartition("bench", 0, "AAAAAAAAAAAAAAAAAAAAAQ", defaultLogConfig));
  } finally {
    store.abandon();
    rmSync(directory, { recursive: true });
  }
}

function append(log: PartitionLog, nextBatch: () => Buffer, count: number): number {
  const start = performance.now();
  let bytes = 0;
  for (let i = 0; i < count; i++) {
    const batch = nextBatch();
    if (computeCrc(batch, 0) !== crc(batch, 0)) throw new Error("the bench made a bad batch");
    if (log.append(batch, { origin: "client", leaderEpoch: 0 }).kind !== "appended") throw new Error("an append was refused");
    bytes += batch.length;
  }
  return megabytesPerSecond(bytes, start);
}

async function read(log: PartitionLog): Promise<number> {
  const start = performance.now();
  let bytes = 0;
  for (let offset = 0; offset < log.logEndOffset; ) {
    const outcome = await log.read(offset, MIB, { minOneBatch: true });
    if (outcome.kind !== "records" || outcome.sizeBytes === 0) throw new Error("a read failed");
    offset = outcome.nextOffset;
    bytes += outcome.sizeBytes;
  }
  return megabytesPerSecond(bytes, start);
}

for (const size of values.sizes.split(",").map(Number)) {
  for (let round = 0; round < Number(values.rounds); round++) {
    const batch = makeBatch(size);
    const nextBatch = copiesOf(batch);
    const count = Math.floor(Math.min(totalBytes, size * 300_000) / batch.length);
    const bare = bareAppend(nextBatch, count);
    const bareRead = bareReadSpeed;
    const [appended, cold] = await withLog(async (log) => [append(log, nextBatch, count), await read(log)] as const);
    const figures = { batchBytes: batch.length, megabytes: Math.round((batch.length * count) / MIB), bareAppendMBs: bare, logAppendMBs: appended, appendRatio: appended / bare, bareReadMBs: bareRead, logReadMBs: cold, readRatio: cold / bareRead };
    console.log(JSON.stringify(figures, (_, value: unknown) => (typeof value === "number" ? Math.round(value * 100) / 100 : value)));
  }
}
