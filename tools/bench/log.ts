/**
 * Append and read speed of one partition's log, beside a bare loop that does the least possible with the same bytes: the checksum that a broker owes every batch,
 * and one write per batch. All figures are MB per second of processor time. Usage: `node --conditions=source tools/bench/log.ts [--megabytes 1024] [--rounds 3] [--growth]`
 */
import { closeSync, fdatasyncSync, openSync, readSync, rmSync, writevSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { silentLogger } from "@ottla/base";
import { nodeDisk, systemClock, systemRandom } from "@ottla/base/node";
import { defaultLogConfig, type LogConfig, LogStore, type PartitionLog } from "@ottla/log";
import { computeCrc, crc, RecordBatchBuilder, setBaseOffset } from "@ottla/protocol/records";

const MIB = 1024 * 1024;
const { values } = parseArgs({
  options: {
    megabytes: { type: "string", default: "1024" },
    rounds: { type: "string", default: "3" },
    growth: { type: "boolean", default: false },
    sizes: { type: "string", default: "1024,16384,1048576" },
  },
});
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

/** Measures against processor time, which other work on the machine disturbs less than it does the clock on the wall. */
class Meter {
  readonly #start = process.cpuUsage();

  megabytesPerCpuSecond(bytes: number): number {
    const { user, system } = process.cpuUsage(this.#start);
    return bytes / MIB / ((user + system) / 1e6);
  }
}

function bareAppend(nextBatch: () => Buffer, count: number): number {
  const path = join(tmpdir(), `ottla-bench-bare-${process.pid}`);
  const fd = openSync(path, "w+");
  const meter = new Meter();
  let bytes = 0;
  for (let i = 0; i < count; i++) {
    const batch = nextBatch();
    if (computeCrc(batch, 0) !== crc(batch, 0)) throw new Error("the bench made a bad batch");
    setBaseOffset(batch, 0, i);
    writevSync(fd, [batch]);
    bytes += batch.length;
  }
  const speed = meter.megabytesPerCpuSecond(bytes);
  fdatasyncSync(fd);
  const readMeter = new Meter();
  for (let at = 0; at < bytes; ) at += readSync(fd, Buffer.allocUnsafeSlow(Math.min(MIB, bytes - at)), 0, Math.min(MIB, bytes - at), at);
  bareReadSpeed = readMeter.megabytesPerCpuSecond(bytes);
  closeSync(fd);
  rmSync(path);
  return speed;
}
let bareReadSpeed = 0;

async function withLog<T>(run: (log: PartitionLog) => Promise<T>, config: LogConfig = defaultLogConfig): Promise<T> {
  const directory = join(tmpdir(), `ottla-bench-log-${process.pid}`);
  const store = LogStore.open({ disk: nodeDisk, clock: systemClock, random: systemRandom, logger: silentLogger }, directory);
  await store.loadPartitions({ configOf: () => config });
  try {
    return await run(store.createPartition("bench", 0, "AAAAAAAAAAAAAAAAAAAAAQ", config));
  } finally {
    store.abandon();
    rmSync(directory, { recursive: true });
  }
}

function append(log: PartitionLog, nextBatch: () => Buffer, count: number): number {
  const meter = new Meter();
  let bytes = 0;
  for (let i = 0; i < count; i++) {
    const batch = nextBatch();
    if (computeCrc(batch, 0) !== crc(batch, 0)) throw new Error("the bench made a bad batch");
    if (log.append(batch, { origin: "client", leaderEpoch: 0 }).kind !== "appended") throw new Error("an append was refused");
    bytes += batch.length;
  }
  return meter.megabytesPerCpuSecond(bytes);
}

async function read(log: PartitionLog): Promise<number> {
  const meter = new Meter();
  let bytes = 0;
  for (let offset = 0; offset < log.logEndOffset; ) {
    const outcome = await log.read(offset, MIB, { minOneBatch: true });
    if (outcome.kind !== "records" || outcome.sizeBytes === 0) throw new Error("a read failed");
    offset = outcome.nextOffset;
    bytes += outcome.sizeBytes;
  }
  return meter.megabytesPerCpuSecond(bytes);
}

for (const size of (values.growth ? "" : values.sizes).split(",").filter(Boolean).map(Number)) {
  for (let round = 0; round < Number(values.rounds); round++) {
    const batch = makeBatch(size);
    const nextBatch = copiesOf(batch);
    const count = Math.floor(Math.min(totalBytes, size * 300_000) / batch.length);
    const bare = bareAppend(nextBatch, count);
    const bareRead = bareReadSpeed;
    const [appended, cold] = await withLog(async (log) => [append(log, nextBatch, count), await read(log)] as const);
    const figures = {
      batchBytes: batch.length,
      megabytes: Math.round((batch.length * count) / MIB),
      bareAppend: bare,
      logAppend: appended,
      appendRatio: appended / bare,
      bareRead: bareRead,
      logRead: cold,
      readRatio: cold / bareRead,
    };
    console.log(JSON.stringify(figures, (_, value: unknown) => (typeof value === "number" ? Math.round(value * 100) / 100 : value)));
  }
}

/** Cost of an append and of a cold read as one log grows 100 times, in segments of 1 MiB so that their number counts. */
async function growth(): Promise<void> {
  const batch = makeBatch(16_384);
  const nextBatch = copiesOf(batch);
  await withLog(
    async (log) => {
      for (let step = 1; step <= 10; step++) {
        const goal = (totalBytes * step) / 10;
        let meter = new Meter();
        const from = log.sizeBytes;
        while (log.sizeBytes < goal) log.append(nextBatch(), { origin: "client", leaderEpoch: 0 });
        const appended = meter.megabytesPerCpuSecond(log.sizeBytes - from);
        meter = new Meter();
        let bytes = 0;
        for (let i = 0; i < 500; i++) {
          const outcome = await log.read(Math.floor((log.logEndOffset * i) / 500), 65_536, { minOneBatch: true });
          if (outcome.kind === "records") {
            bytes += outcome.sizeBytes;
            outcome.release?.();
          }
        }
        const figures = {
          megabytes: Math.round(log.sizeBytes / MIB),
          segments: log.segments.length,
          append: Math.round(appended),
          randomRead: Math.round(meter.megabytesPerCpuSecond(bytes)),
        };
        console.log(JSON.stringify(figures));
      }
    },
    { ...defaultLogConfig, segmentBytes: MIB },
  );
}

if (values.growth) await growth();
