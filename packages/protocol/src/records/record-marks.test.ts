import assert from "node:assert/strict";
import { test } from "node:test";
import { TimeSlice } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { runsOf } from "@ottla/base/simulated";
import fc from "fast-check";
import { ErrorCode } from "../errors/error-codes.ts";
import { sampleBatch, sampleRecord } from "../records-tests/sample-batches.ts";
import { MARK_BYTES_MAX, type MarkPlace, type ProducedRecordsRules, type RecordMarks } from "./index.ts";
import { RECORD_FAULTS_MAX } from "./batch-fault.ts";
import { readProducedRecords, readProducedRecordsInPieces } from "./produced-records.ts";

const ANY: ProducedRecordsRules = {
  requiresKey: false,
  timestampType: "createTime",
  earliestTimestamp: -Infinity,
  latestTimestamp: Infinity,
  maxUnpackedRecordBytes: Infinity,
  codec: undefined,
  maxMessageBytes: Infinity,
};

/** Rules that write down what they are shown. */
function listening(): { readonly rules: ProducedRecordsRules; readonly seen: unknown[] } {
  const seen: unknown[] = [];
  const marks = ({ bytes, key, value, keyHeader, valueHeader }: RecordMarks): undefined => {
    const text = ({ start, length }: MarkPlace): string =>
      length < 0 ? "none" : `${length} ${bytes.toString("latin1", start, start + Math.min(length, MARK_BYTES_MAX))}`;
    seen.push([text(key), text(value), text(keyHeader), text(valueHeader)]);
  };
  return { rules: { ...ANY, marks }, seen };
}

const header = fc.record({
  key: fc.constantFrom("__value_schema_id", "__key_schema_id", "__value_schema_ix", "x", "", "a name that is longer than any that matters"),
  value: fc.option(fc.string({ maxLength: 40 }), { nil: null }),
});
const record = fc.record({
  key: fc.option(fc.string({ maxLength: 40 }), { nil: null }),
  value: fc.option(fc.string({ maxLength: 60 }), { nil: null }),
  headers: fc.array(header, { maxLength: 4 }),
});

test("what a record says of its schemas is the same at once and in pieces, in every codec", async () => {
  const codecs = fc.constantFrom("none" as const, "gzip" as const, "snappy" as const, "lz4" as const, "zstd" as const);
  await fc.assert(
    fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 8 }), codecs, async (records, codec) => {
      const batch = sampleBatch(
        records.map(({ key, value, headers }) =>
          sampleRecord({
            key: key === null ? null : Buffer.from(key),
            value: value === null ? null : Buffer.from(value),
            headers: headers.map((each) => ({ key: each.key, value: each.value === null ? null : Buffer.from(each.value) })),
          }),
        ),
        codec,
      );
      const [atOnce, inPieces] = [listening(), listening()];
      assert.equal(readProducedRecords(batch, atOnce.rules)?.kind, "sound");
      assert.equal((await readProducedRecordsInPieces(batch, inPieces.rules, new TimeSlice(systemClock))).kind, "sound");
      assert.deepEqual(inPieces.seen, atOnce.seen);
      assert.deepEqual(
        atOnce.seen,
        records.map(({ key, value, headers }) => {
          const last = (name: string): string | null | undefined => headers.findLast((each) => each.key === name)?.value;
          return [key, value, last("__key_schema_id"), last("__value_schema_id")].map((text) => {
            if (text === null || text === undefined) return "none";
            const bytes = Buffer.from(text);
            return `${bytes.length} ${bytes.toString("latin1", 0, MARK_BYTES_MAX)}`;
          });
        }),
      );
    }),
    { numRuns: runsOf({ quick: 100, long: 2_000 }) },
  );
});

test("records whose marks are refused are told one by one, up to a bound", async () => {
  const batch = sampleBatch(Array.from({ length: RECORD_FAULTS_MAX + 50 }, () => sampleRecord({ value: Buffer.from("a") })));
  const rules = { ...ANY, marks: () => "It has no schema." };
  const atOnce = readProducedRecords(batch, rules);
  assert.ok(atOnce?.kind === "refused");
  assert.equal(atOnce.fault.errorCode, ErrorCode.INVALID_RECORD);
  assert.equal(atOnce.fault.records?.length, RECORD_FAULTS_MAX);
  assert.deepEqual(atOnce.fault.records?.[1], { batchIndex: 1, message: "It has no schema." });
  assert.deepEqual(await readProducedRecordsInPieces(batch, rules, new TimeSlice(systemClock)), atOnce);
});
