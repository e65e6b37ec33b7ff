import assert from "node:assert/strict";
import { test } from "node:test";
import { MalformedBytesError, TimeSlice } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { runsOf } from "@ottla/base/simulated";
import fc from "fast-check";
import {
  CODEC_NAMES,
  checkBatchBytes,
  checkProducedHeader,
  checkRequestRecords,
  countBatches,
  decodeEndTransactionMarker,
  firstRecordSince,
  isWholeBatch,
  RecordCursor,
  readProducedRecords,
  readRecords,
  recompressBatch,
  recordWithMaxTimestamp,
  sizeInBytes,
  updateCrc,
  wholeBatchesEnd,
} from "../records/index.ts";
import { arbitraryRecords, sampleBatch } from "./sample-batches.ts";

const BYTES_MAX = 1024 * 1024;
const RULES = {
  requiresKey: true,
  timestampType: "createTime",
  earliestTimestamp: 0,
  latestTimestamp: 2 ** 50,
  maxUnpackedRecordBytes: Infinity,
  codec: undefined,
  maxMessageBytes: BYTES_MAX,
} as const;

/** Runs per kind of damage. */
const numRuns = runsOf({ quick: 60, long: 1000 });

const batch = fc.tuple(arbitraryRecords, fc.constantFrom(...CODEC_NAMES)).map(([records, codec]) => sampleBatch(records, codec));
const flips = fc.array(fc.tuple(fc.nat(), fc.nat(7)), { minLength: 1, maxLength: 6 });

test("bits flipped anywhere give MalformedBytesError or a fault, and nothing else", () => {
  fc.assert(
    fc.property(batch, flips, fc.boolean(), (sound, bits, isCrcRenewed) => {
      const damaged = Buffer.from(sound);
      for (const [at, bit] of bits) damaged[at % damaged.length]! ^= 1 << bit;
      // With a checksum that fits, the damage reaches the code behind it: such a batch is not damaged but hostile.
      if (isCrcRenewed && isWholeBatch(damaged, 0)) updateCrc(damaged, 0);
      useEveryWay(damaged);
    }),
    { numRuns },
  );
});

test("record bytes replaced by any others give MalformedBytesError or a fault, and nothing else", () => {
  fc.assert(
    fc.property(batch, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 12 }), (sound, at, bytes) => {
      const damaged = Buffer.from(sound);
      damaged.set(bytes.subarray(0, damaged.length - 61), 61 + (at % Math.max(1, damaged.length - 61 - bytes.length)));
      updateCrc(damaged, 0);
      useEveryWay(damaged);
    }),
    { numRuns },
  );
});

test("batches cut anywhere, with a length that fits again, give MalformedBytesError or a fault, and nothing else", () => {
  fc.assert(
    fc.property(batch, fc.nat(), (sound, cut) => {
      const damaged = Buffer.from(sound.subarray(0, 61 + (cut % (sound.length - 61))));
      damaged.writeInt32BE(damaged.length - 12, 8);
      updateCrc(damaged, 0);
      useEveryWay(damaged);
      useEveryWay(damaged.subarray(0, cut % damaged.length));
    }),
    { numRuns },
  );
});

test("any bytes behind a header give MalformedBytesError or a fault, and nothing else", () => {
  fc.assert(
    fc.property(batch, fc.nat(4), fc.uint8Array({ maxLength: 300 }), (sound, codec, bytes) => {
      const damaged = Buffer.concat([sound.subarray(0, 61), bytes]);
      damaged.writeInt32BE(damaged.length - 12, 8);
      damaged.writeInt16BE(codec, 21);
      updateCrc(damaged, 0);
      useEveryWay(damaged);
      useEveryWay(Buffer.from(bytes));
    }),
    { numRuns },
  );
});

/** Everything that brokers and clients do with bytes from outside. */
function useEveryWay(bytes: Buffer): void {
  const end = wholeBatchesEnd(bytes);
  assert.ok(end >= 0 && end <= bytes.length);
  assert.ok(countBatches(bytes) <= bytes.length / 61);
  checkBatchBytes(bytes);
  if (checkRequestRecords(bytes, 9) === null) {
    const batch = bytes.subarray(0, sizeInBytes(bytes, 0));
    if (checkProducedHeader(batch, BYTES_MAX) === null) readProducedRecords(batch, RULES);
  }
  tolerating(() => readRecords(bytes, 0, BYTES_MAX));
  if (!isWholeBatch(bytes, 0)) return;
  for (const codec of CODEC_NAMES) tolerating(() => recompressBatch(bytes, 0, codec, BYTES_MAX));
  tolerating(() => {
    const cursor = new RecordCursor().open(bytes, 0, BYTES_MAX);
    while (cursor.moveNext()) decodeEndTransactionMarker(cursor);
  });
}

function tolerating(use: () => unknown): void {
  try {
    use();
  } catch (error) {
    if (!(error instanceof MalformedBytesError)) throw error;
  }
}

test("a look-up by time in damaged batches gives MalformedBytesError, and nothing else", async () => {
  const slice = new TimeSlice(systemClock);
  await fc.assert(
    fc.asyncProperty(batch, flips, async (sound, bits) => {
      const damaged = Buffer.from(sound);
      for (const [at, bit] of bits) damaged[61 + (at % (damaged.length - 61))]! ^= 1 << bit;
      const onlyMalformed = (error: unknown) => assert.ok(error instanceof MalformedBytesError, String(error));
      await firstRecordSince(damaged, 0, 1777593600000, 0, slice).catch(onlyMalformed);
      await recordWithMaxTimestamp(damaged, 0, slice).catch(onlyMalformed);
    }),
    { numRuns },
  );
});
