import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { deflateRawSync, gzipSync } from "node:zlib";
import { TimeSlice } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { runsOf } from "@ottla/base/simulated";
import fc from "fast-check";
import { ErrorCode } from "../errors/error-codes.ts";
import { arbitraryRecords, NOW_MS, sampleBatch, sampleRecord } from "../records-tests/sample-batches.ts";
import {
  attributes,
  baseTimestamp,
  CODEC_NAMES,
  type CodecName,
  checkBatchBytes,
  codecById,
  codecIdOf,
  compressionOf,
  decompressRecords,
  maxTimestamp,
  type ProducedRecords,
  type ProducedRecordsRules,
  RECORD_FAULTS_MAX,
  readProducedRecords,
  readProducedRecordsInPieces,
  readRecords,
  setMaxTimestamp,
  updateCrc,
} from "./index.ts";

const { INVALID_RECORD, INVALID_TIMESTAMP, MESSAGE_TOO_LARGE, UNKNOWN_SERVER_ERROR } = ErrorCode;

const ANY: ProducedRecordsRules = {
  requiresKey: false,
  timestampType: "createTime",
  earliestTimestamp: -Infinity,
  latestTimestamp: Infinity,
  maxUnpackedRecordBytes: Infinity,
  codec: undefined,
  maxMessageBytes: Infinity,
};

const slice = (): TimeSlice => new TimeSlice(systemClock);

/** Read at once and in pieces: the same must come out. */
async function read(batch: Buffer, rules: Partial<ProducedRecordsRules> = {}): Promise<ProducedRecords> {
  const inPieces = await readProducedRecordsInPieces(batch, { ...ANY, ...rules }, slice());
  const atOnce = readProducedRecords(batch, { ...ANY, ...rules });
  if (atOnce !== undefined) assert.deepEqual(summary(inPieces), summary(atOnce));
  return atOnce ?? inPieces;
}

function summary(read: ProducedRecords): unknown {
  if (read.kind === "refused") return [read.fault.errorCode, read.fault.records?.map(({ batchIndex }) => batchIndex)];
  return [read.maxTimestamp, compressionOf(read.batch, 0), readRecords(read.batch)];
}

async function errorOf(batch: Buffer, rules: Partial<ProducedRecordsRules> = {}): Promise<readonly [number, (readonly number[])?]> {
  const outcome = await read(batch, rules);
  if (outcome.kind === "sound") return [ErrorCode.NONE];
  assert.match(outcome.fault.message, /^[A-Z].*[.)]$/);
  const { records } = outcome.fault;
  return records === undefined ? [outcome.fault.errorCode] : [outcome.fault.errorCode, records.map(({ batchIndex }) => batchIndex)];
}

/** The header of a sample batch around other record bytes. */
function batchOver(records: Buffer, count: number, codec: CodecName = "none"): Buffer {
  const batch = Buffer.concat([sampleBatch().subarray(0, 61), records]);
  batch.writeInt32BE(batch.length - 12, 8);
  batch.writeInt16BE(codecIdOf(codec), 21);
  batch.writeInt32BE(count - 1, 23);
  batch.writeInt32BE(count, 57);
  updateCrc(batch, 0);
  return batch;
}

function changed(batch: Buffer, change: (batch: Buffer) => void): Buffer {
  change(batch);
  updateCrc(batch, 0);
  return batch;
}

test("the largest time comes from the records, whatever the header says", async () => {
  for (const codec of CODEC_NAMES) {
    for (const claimed of [-1, 0, NOW_MS, NOW_MS + 10, 2 ** 52]) {
      const batch = sampleBatch(undefined, codec);
      setMaxTimestamp(batch, 0, "createTime", claimed);
      const found = await read(batch);
      assert.equal(found.kind === "sound" && found.maxTimestamp, NOW_MS + 10, `${codec}, ${claimed}`);
    }
    const withoutTimes = await read(sampleBatch([sampleRecord({ timestamp: -1 }), sampleRecord({ timestamp: -1 })], codec));
    assert.equal(withoutTimes.kind === "sound" && withoutTimes.maxTimestamp, -1);
  }
});

test("setting the largest time clears bits without a meaning, but only where something changes", () => {
  const batch = changed(sampleBatch(), (b) => b.writeInt16BE(0x4180 | 0x10, 21));
  setMaxTimestamp(batch, 0, "createTime", maxTimestamp(batch, 0));
  assert.equal(attributes(batch, 0), 0x4190);
  setMaxTimestamp(batch, 0, "createTime", 5);
  assert.equal(attributes(batch, 0), 0x10);
  assert.equal(maxTimestamp(batch, 0), 5);
  assert.equal(checkBatchBytes(batch), null);
  setMaxTimestamp(batch, 0, "logAppendTime", 5);
  assert.equal(attributes(batch, 0), 0x18);
  assert.equal(checkBatchBytes(batch), null);
});

test("a record of a compressed batch may be as large as max.decompressed.message.bytes, and not one byte more", async () => {
  for (const codec of CODEC_NAMES) {
    for (const valueBytes of [40, 100, 9000, 200_000]) {
      const batch = sampleBatch([sampleRecord(), sampleRecord({ value: Buffer.alloc(valueBytes, 7) })], codec);
      const [, large] = readRecords(batch);
      // Attributes, two deltas (the time's may take more), key, value, headers.
      const found = await smallestLimit(batch, valueBytes, valueBytes + 30);
      assert.equal(found === undefined, codec === "none", codec);
      if (found === undefined) continue;
      assert.ok(found > large!.value!.length);
      assert.deepEqual(await errorOf(batch, { maxUnpackedRecordBytes: found }), [ErrorCode.NONE]);
      assert.deepEqual(await errorOf(batch, { maxUnpackedRecordBytes: found - 1 }), [INVALID_RECORD]);
    }
  }
});

test("the size of a record is what is behind its length field, as Apache Kafka counts it", async () => {
  // Attributes, time and offset delta, key length, value length, header count: 1 byte each, and 58 of value; the length itself takes 1 byte up to 63.
  const record = (bytes: number): Buffer =>
    Buffer.concat([Buffer.from([bytes * 2, 0, 0, 0, 1, (bytes - 6) * 2]), Buffer.alloc(bytes - 6), Buffer.from([0])]);
  const batch = batchOver(codecById(codecIdOf("gzip"))!.compress(record(63)), 1, "gzip");
  assert.deepEqual(await errorOf(batch, { maxUnpackedRecordBytes: 63 }), [ErrorCode.NONE]);
  assert.deepEqual(await errorOf(batch, { maxUnpackedRecordBytes: 62 }), [INVALID_RECORD]);
});

/** The smallest limit between two that lets a batch in; undefined where the lower one does. */
async function smallestLimit(batch: Buffer, tooSmall: number, largeEnough: number): Promise<number | undefined> {
  if ((await read(batch, { maxUnpackedRecordBytes: tooSmall })).kind === "sound") return undefined;
  let [low, high] = [tooSmall, largeEnough];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((await read(batch, { maxUnpackedRecordBytes: middle })).kind === "sound") high = middle;
    else low = middle;
  }
  return high;
}

test("records without a key are named where a key is asked for; an empty key is one", async () => {
  const keyless = [sampleRecord(), sampleRecord({ key: null }), sampleRecord({ key: Buffer.alloc(0) }), sampleRecord({ key: null })];
  for (const codec of CODEC_NAMES) {
    assert.deepEqual(await errorOf(sampleBatch(keyless, codec)), [ErrorCode.NONE]);
    assert.deepEqual(await errorOf(sampleBatch(keyless, codec), { requiresKey: true }), [INVALID_RECORD, [1, 3]]);
  }
});

test("faults of records are listed to a bound", async () => {
  const batch = sampleBatch(Array.from({ length: RECORD_FAULTS_MAX + 1 }, () => sampleRecord({ key: null })));
  assert.equal((await errorOf(batch, { requiresKey: true }))[1]?.length, RECORD_FAULTS_MAX);
});

test("every record's time is held against both bounds, however the header looks; no time is no fault", async () => {
  const records = [NOW_MS - 1, NOW_MS, NOW_MS + 10, NOW_MS + 11, -1].map((timestamp) => sampleRecord({ timestamp }));
  const bounds = { earliestTimestamp: NOW_MS, latestTimestamp: NOW_MS + 10 };
  const batch = sampleBatch(records);
  setMaxTimestamp(batch, 0, "createTime", NOW_MS);
  assert.deepEqual(await errorOf(batch, bounds), [INVALID_TIMESTAMP, [0, 3]]);
  assert.deepEqual(await errorOf(batch, { ...bounds, timestampType: "logAppendTime" }), [ErrorCode.NONE]);
});

test("one bad time makes it INVALID_TIMESTAMP, records without a key listed beside it", async () => {
  const records = [
    sampleRecord({ key: null }),
    sampleRecord({ timestamp: NOW_MS + 99 }),
    sampleRecord({ key: null, timestamp: NOW_MS + 99 }),
  ];
  assert.deepEqual(await errorOf(sampleBatch(records), { requiresKey: true, latestTimestamp: NOW_MS }), [INVALID_TIMESTAMP, [0, 1, 2]]);
});

test("log append time set by a client is refused, unless the topic keeps create times and the time would do", async () => {
  const stamped = (ms: number) => {
    const batch = sampleBatch();
    setMaxTimestamp(batch, 0, "logAppendTime", ms);
    return batch;
  };
  const bounds = { latestTimestamp: NOW_MS + 100 };
  assert.deepEqual(await errorOf(stamped(NOW_MS + 5), bounds), [ErrorCode.NONE]);
  assert.deepEqual(await errorOf(stamped(NOW_MS + 101), bounds), [INVALID_TIMESTAMP, [0, 1, 2]]);
  assert.deepEqual(await errorOf(stamped(-1), bounds), [INVALID_TIMESTAMP, [0, 1, 2]]);
  assert.deepEqual(await errorOf(stamped(NOW_MS + 5), { timestampType: "logAppendTime" }), [INVALID_TIMESTAMP, [0, 1, 2]]);
});

const RECORD = Buffer.from([14, 0, 0, 0, 1, 2, 7, 0]);
const SECOND = Buffer.from([14, 0, 0, 2, 1, 2, 7, 0]);

for (const [fault, records, count] of [
  ["records that are no records", Buffer.alloc(40, 0x7e), 3],
  ["many more records than the bytes can hold", RECORD, 2 ** 31 - 1],
  ["fewer records than announced", Buffer.concat([RECORD, SECOND]), 3],
  ["more records than announced", Buffer.concat([RECORD, SECOND]), 1],
  ["a byte behind the last record", Buffer.concat([RECORD, Buffer.from([0])]), 1],
  ["a last record that is cut", Buffer.concat([RECORD, SECOND.subarray(0, -1)]), 2],
  ["offsets that do not follow each other", Buffer.concat([RECORD, RECORD]), 2],
  ["offsets that do not start at 0", SECOND, 1],
  ["a record longer than its fields", Buffer.from([16, 0, 0, 0, 1, 2, 7, 0, 0]), 1],
  ["a record that claims the first byte of the next", Buffer.concat([Buffer.from([16, ...RECORD.subarray(1)]), SECOND]), 2],
  ["a record shorter than its fields", Buffer.concat([Buffer.from([12, ...RECORD.subarray(1)]), SECOND]), 2],
  ["a negative record length", Buffer.from([1, 0, 0, 0, 1, 1, 0]), 1],
  ["a value beyond its record", Buffer.from([14, 0, 0, 0, 1, 60, 7, 0]), 1],
  ["a key of 2 GiB", Buffer.from([22, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff, 0x0f, 1, 0, 0]), 1],
  ["a negative header count", Buffer.from([12, 0, 0, 0, 1, 1, 1]), 1],
  ["more headers than bytes", Buffer.from([12, 0, 0, 0, 1, 1, 4]), 1],
  ["a header without a key", Buffer.from([16, 0, 0, 0, 1, 1, 2, 1, 1]), 1],
  ["a header beyond its record", Buffer.from([16, 0, 0, 0, 1, 1, 2, 40, 1]), 1],
  ["nothing", Buffer.alloc(0), 1],
] as const) {
  test(`INVALID_RECORD in every codec: ${fault}`, async () => {
    for (const name of CODEC_NAMES) {
      const packed = name === "none" ? records : packedBy(name, records);
      for (const codec of [undefined, ...CODEC_NAMES])
        assert.deepEqual(await errorOf(batchOver(packed, count, name), { codec }), [INVALID_RECORD], `${name} to ${codec}`);
    }
  });
}

test("a record length that does not end is answered as Apache Kafka does: by the one code plain, by another packed", async () => {
  const unending = Buffer.from([0x80, 0x80, 0x80, 0x80, 0x80, 1]);
  assert.deepEqual(await errorOf(batchOver(unending, 1)), [UNKNOWN_SERVER_ERROR]);
  assert.deepEqual(await errorOf(batchOver(gzipSync(unending), 1, "gzip")), [INVALID_RECORD]);
  assert.deepEqual(await errorOf(batchOver(unending.subarray(0, 3), 1)), [INVALID_RECORD]);
});

test("data that its codec cannot read is UNKNOWN_SERVER_ERROR; what is wrong with the records before that comes first", async () => {
  for (const codec of CODEC_NAMES.slice(1)) {
    assert.deepEqual(await errorOf(batchOver(Buffer.from("no such data at all"), 3, codec)), [UNKNOWN_SERVER_ERROR], codec);
    const sound = sampleBatch(undefined, codec);
    assert.deepEqual(await errorOf(batchOver(sound.subarray(61, -9), 3, codec)), [UNKNOWN_SERVER_ERROR], codec);
  }
  const gzip = gzipSync(Buffer.concat([RECORD, SECOND]));
  assert.deepEqual(await errorOf(batchOver(gzip.subarray(0, -2), 2, "gzip")), [UNKNOWN_SERVER_ERROR]);
  assert.deepEqual(await errorOf(batchOver(gzip.subarray(0, -2), 1, "gzip")), [INVALID_RECORD]);
});

test("a batch comes out in the topic's codec, its records and times untouched", async () => {
  for (const from of CODEC_NAMES) {
    for (const codec of CODEC_NAMES) {
      const sent = sampleBatch(undefined, from);
      const found = await read(sent, { codec });
      assert.ok(found.kind === "sound");
      assert.equal(compressionOf(found.batch, 0), codecIdOf(codec));
      assert.equal(checkBatchBytes(found.batch), null);
      assert.deepEqual(readRecords(found.batch), readRecords(sent));
      assert.equal(baseTimestamp(found.batch, 0), baseTimestamp(sent, 0));
      assert.equal(found.batch === sent, from === codec);
    }
  }
});

test("a batch that is too large in the topic's codec is MESSAGE_TOO_LARGE, at the limit it is not", async () => {
  const sent = sampleBatch([sampleRecord({ value: Buffer.alloc(5000) })], "gzip");
  const bytes = 61 + decompressRecords(sent, 0).length;
  assert.deepEqual(await errorOf(sent, { codec: "none", maxMessageBytes: bytes }), [ErrorCode.NONE]);
  assert.deepEqual(await errorOf(sent, { codec: "none", maxMessageBytes: bytes - 1 }), [MESSAGE_TOO_LARGE]);
});

test("reading in pieces gives what reading at once gives, over any sound batch", async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryRecords, fc.constantFrom(...CODEC_NAMES), fc.boolean(), async (records, codec, requiresKey) => {
      await read(sampleBatch(records, codec), { requiresKey });
    }),
    { numRuns: runsOf({ quick: 15, long: 100 }), endOnFailure: true },
  );
});

test("reading in pieces gives what reading at once gives, over any record bytes", async () => {
  const change = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(arbitraryRecords, change, fc.nat(1), async (records, changes, lost) => {
      const bytes = Buffer.from(decompressRecords(sampleBatch(records), 0));
      for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
      const plain = batchOver(bytes.subarray(0, bytes.length - lost), records.length);
      await read(plain);
      await read(batchOver(packedBy("gzip", plain.subarray(61)), records.length, "gzip"));
    }),
    { numRuns: runsOf({ quick: 20, long: 300 }), endOnFailure: true },
  );
});

test("records and fields that lie across pieces are read", async () => {
  const records = Array.from({ length: 40 }, (_, i) =>
    sampleRecord({
      timestamp: NOW_MS + i,
      key: Buffer.alloc(i * 997),
      value: Buffer.alloc(20_000 + i),
      headers: [{ key: "h".repeat(i), value: Buffer.alloc(5000) }],
    }),
  );
  for (const codec of CODEC_NAMES) {
    const batch = sampleBatch(records, codec);
    const found = await readProducedRecordsInPieces(batch, ANY, slice());
    assert.equal(found.kind === "sound" && found.maxTimestamp, NOW_MS + 39, codec);
  }
});

test("what unpacks to much is not read at once; zeros without end are refused with the first piece", async () => {
  const bomb = batchOver(gzipOfZeros(2 ** 30), 1, "gzip");
  assert.equal(readProducedRecords(bomb, ANY), undefined);
  const watching = new WatchingSlice();
  assert.deepEqual(summary(await readProducedRecordsInPieces(bomb, ANY, watching)), [INVALID_RECORD, undefined]);
  assert.ok(watching.mostHeldBytes() < 32 * 1024 * 1024);
});

test("one record that unpacks to more than is allowed is MESSAGE_TOO_LARGE, with little in memory", async () => {
  // A length of 2^30: the zeros behind it are its value.
  const start = Buffer.from([0x80, 0x80, 0x80, 0x80, 0x08, 0, 0, 0, 1, 0xda, 0xff, 0xff, 0xff, 0x07]);
  const bomb = batchOver(gzipOfZeros(2 ** 28, start), 1, "gzip");
  const watching = new WatchingSlice();
  assert.deepEqual(summary(await readProducedRecordsInPieces(bomb, ANY, watching)), [MESSAGE_TOO_LARGE, undefined]);
  assert.ok(watching.mostHeldBytes() < 32 * 1024 * 1024);
});

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as (options: { readonly type: "minor" }) => void;

/** Rests as any slice, and looks at each rest how many bytes of buffers are held; what is garbage by then does not count. */
class WatchingSlice extends TimeSlice {
  readonly #before: number;
  #most = 0;

  constructor() {
    super(systemClock);
    collect({ type: "minor" });
    this.#before = process.memoryUsage().arrayBuffers;
  }

  override rest(): Promise<void> {
    this.#look();
    return super.rest();
  }

  mostHeldBytes(): number {
    this.#look();
    return this.#most;
  }

  #look(): void {
    collect({ type: "minor" });
    this.#most = Math.max(this.#most, process.memoryUsage().arrayBuffers - this.#before);
  }
}

/** Packs any bytes, also such as are no records. */
function packedBy(name: CodecName, records: Buffer): Buffer {
  return codecById(codecIdOf(name))!.compress(records);
}

/** A gzip member of so many zeros without having them: one packed MiB over and over. Its trailer is never reached. */
function gzipOfZeros(bytes: number, start: Buffer = Buffer.alloc(0)): Buffer {
  const mebibyte = deflateRawSync(Buffer.alloc(2 ** 20), { finishFlush: 3 });
  const head = gzipSync(Buffer.alloc(0)).subarray(0, 10);
  const first = deflateRawSync(start, { finishFlush: 3 });
  return Buffer.concat([head, first, ...Array.from({ length: bytes / 2 ** 20 }, () => mebibyte)]);
}
