/**
 * Micro-benchmark of record batches: cursor, builder, checksum and codecs, in one process without sockets.
 *
 *   node --conditions=source tools/bench/records.ts [NAME_PART]
 *
 * Figures are per second of this process's CPU time, the best of several runs: other work on the machine disturbs that
 * less than the clock.
 */
import { crc32cInScript } from "../../packages/protocol/src/crc32c-in-script.ts";
import {
  batchViews,
  CODEC_NAMES,
  checkProducedHeader,
  checkRequestRecords,
  crc32c,
  decompressRecords,
  firstBatch,
  nextBatch,
  RecordBatchBuilder,
  RecordCursor,
  readProducedRecords,
  readRecords,
  recompressBatch,
} from "../../packages/protocol/src/records/index.ts";

const RUNS = 5;
const RUN_MS = 300;
const BATCH_BYTES = 16384;
const DATA_BYTES = 1024 * 1024;
const NOW_MS = 1777593600000;
const MICROS = 1e6;

interface Case {
  readonly name: string;
  /** Of one call. */
  readonly bytes: number;
  readonly records?: number;
  readonly run: () => unknown;
}

/** 1 MiB of batches of 16 KiB with keys of 11 bytes. */
function batchesOf(valueBytes: number): { readonly data: Buffer; readonly records: number } {
  const batches: Buffer[] = [];
  let bytes = 0;
  let records = 0;
  while (bytes < DATA_BYTES) {
    const builder = new RecordBatchBuilder({ limitBytes: BATCH_BYTES });
    while (builder.append(Buffer.from(`key-${String(records).padStart(7, "0")}`), Buffer.alloc(valueBytes, records), [], NOW_MS + records))
      records++;
    const batch = builder.close();
    batches.push(batch);
    bytes += batch.length;
  }
  return { data: Buffer.concat(batches), records };
}

/** JSON records that a codec can make something of. */
function flights(bytes: number): Buffer {
  const builder = new RecordBatchBuilder({ limitBytes: bytes });
  for (let i = 0; ; i++) {
    const flight = {
      origin: ["SFO", "LAX", "JFK", "ORD"][(i * 7) % 4],
      id: (i * 7919) % 100003,
      delay: ((i * 31) % 240) - 20,
      distance: (i * 977) % 3000,
      tail: Math.sin(i).toString(36),
    };
    if (!builder.append(Buffer.from(flight.origin!), Buffer.from(JSON.stringify(flight)), [], NOW_MS + i)) return builder.close();
  }
}

/** These three loops are written out: through a shared function the engine could not optimise each for what it does. */
function walkPositions(cursor: RecordCursor, data: Buffer): number {
  let sum = 0;
  for (let at = firstBatch(data); at >= 0; at = nextBatch(data, at)) {
    cursor.open(data, at);
    while (cursor.moveNext()) sum += cursor.valueLength + cursor.keyStart;
  }
  return sum;
}

function walkTimes(cursor: RecordCursor, data: Buffer): number {
  let sum = 0;
  for (let at = firstBatch(data); at >= 0; at = nextBatch(data, at)) {
    cursor.open(data, at);
    while (cursor.moveNext()) sum += cursor.offset + cursor.timestamp;
  }
  return sum;
}

function walkViews(cursor: RecordCursor, data: Buffer): number {
  let sum = 0;
  for (let at = firstBatch(data); at >= 0; at = nextBatch(data, at)) {
    cursor.open(data, at);
    while (cursor.moveNext()) sum += cursor.key()!.length + cursor.value()!.length;
  }
  return sum;
}

function eachBatch(data: Buffer, use: (batch: Buffer) => unknown): void {
  for (const batch of batchViews(data)) use(batch);
}

const TOPIC_RULES = {
  requiresKey: false,
  timestampType: "createTime",
  earliestTimestamp: -Infinity,
  latestTimestamp: Infinity,
  maxUnpackedRecordBytes: Infinity,
  codec: undefined,
  maxMessageBytes: DATA_BYTES,
} as const;

function checkAsBroker(batch: Buffer): unknown {
  return checkRequestRecords(batch, 9) ?? checkProducedHeader(batch, DATA_BYTES) ?? readProducedRecords(batch, TOPIC_RULES);
}

function cursorCases(valueBytes: number): Case[] {
  const { data, records } = batchesOf(valueBytes);
  const packed = Buffer.concat(Array.from(batchViews(data), (batch) => recompressBatch(batch, 0, "lz4")));
  const cursor = new RecordCursor();
  const of = (name: string, run: () => unknown): Case => ({ name: `${name}, ${valueBytes} B`, bytes: data.length, records, run });
  return [
    of("cursor, positions", () => walkPositions(cursor, data)),
    of("cursor, offset and timestamp", () => walkTimes(cursor, data)),
    of("cursor, key and value views", () => walkViews(cursor, data)),
    of("readRecords", () => eachBatch(data, (batch) => readRecords(batch))),
    of("what a broker does: header, CRC, every record", () => eachBatch(data, (batch) => checkAsBroker(batch))),
    of("the same, lz4", () => eachBatch(packed, (batch) => checkAsBroker(batch))),
  ];
}

function builderCases(valueBytes: number): Case[] {
  const key = Buffer.from("key-1234567");
  const value = Buffer.alloc(valueBytes, 7);
  const headers = [{ key: "trace-id", value: Buffer.from("0123456789abcdef") }];
  const build = (limitBytes: number, some: readonly (typeof headers)[number][]): RecordBatchBuilder => {
    const builder = new RecordBatchBuilder({ limitBytes });
    for (let i = 0; builder.append(key, value, some, NOW_MS + i); i++);
    return builder;
  };
  const of = (name: string, limitBytes: number, some: readonly (typeof headers)[number][]): Case => {
    const { sizeInBytes, recordCount } = build(limitBytes, some);
    return { name: `${name}, ${valueBytes} B`, bytes: sizeInBytes, records: recordCount, run: () => build(limitBytes, some).close() };
  };
  return [
    of("builder, 16 KiB", BATCH_BYTES, []),
    of("builder, 1 MiB", DATA_BYTES, []),
    of("builder with a header, 16 KiB", BATCH_BYTES, headers),
  ];
}

function checksumCases(): Case[] {
  return [256, 1024, BATCH_BYTES, DATA_BYTES].flatMap((bytes) => {
    const data = Buffer.alloc(bytes, 7);
    return [
      { name: `crc32c, ${bytes} B`, bytes, run: () => crc32c(data) },
      { name: `crc32c in script, ${bytes} B`, bytes, run: () => crc32cInScript(data, 0, bytes) },
    ];
  });
}

function codecCases(): Case[] {
  return [1024, BATCH_BYTES, DATA_BYTES].flatMap((bytes) => {
    const plain = flights(bytes);
    const checking: Case = {
      name: `checkProducedHeader, ${bytes} B`,
      bytes: plain.length,
      run: () => checkProducedHeader(plain, Infinity),
    };
    const packing = CODEC_NAMES.filter((name) => name !== "none").flatMap((codec) => {
      const packed = recompressBatch(plain, 0, codec);
      const ratio = (packed.length / plain.length).toFixed(2);
      return [
        { name: `${codec} pack, ${bytes} B to ${ratio}`, bytes: plain.length, run: () => recompressBatch(plain, 0, codec) },
        { name: `${codec} unpack, ${bytes} B`, bytes: plain.length, run: () => decompressRecords(packed, 0) },
      ];
    });
    return [checking, ...packing];
  });
}

let sink: unknown;

function cpuMicrosPerCall(run: () => unknown): number {
  const end = performance.now() + RUN_MS;
  const before = process.cpuUsage();
  let calls = 0;
  do {
    for (let i = 0; i < 8; i++) sink = run();
    calls += 8;
  } while (performance.now() < end);
  const used = process.cpuUsage(before);
  return (used.user + used.system) / calls;
}

const wanted = process.argv[2] ?? "";
const cases = [...cursorCases(100), ...cursorCases(1024), ...builderCases(100), ...builderCases(1024), ...checksumCases(), ...codecCases()];
console.log(`${"".padEnd(44)}${"µs/call".padStart(10)}${"MB/CPU-s".padStart(10)}${"M records/CPU-s".padStart(17)}`);
for (const { name, bytes, records, run } of cases.filter((one) => one.name.includes(wanted))) {
  const micros = Math.min(...Array.from({ length: RUNS }, () => cpuMicrosPerCall(run)));
  const rate = records === undefined ? "" : ((records / micros) * (MICROS / 1e6)).toFixed(1);
  console.log(`${name.padEnd(44)}${micros.toFixed(1).padStart(10)}${(bytes / micros).toFixed(0).padStart(10)}${rate.padStart(17)}`);
}
if (sink === cases) console.log("unreachable, so that no result is optimised away");
