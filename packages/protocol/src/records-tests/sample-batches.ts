import fc from "fast-check";
import { type CodecName, type HeaderInput, RecordBatchBuilder, type RecordBatchBuilderOptions } from "../records/index.ts";

/** A record as tests describe it. */
export interface SampleRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly HeaderInput[];
  readonly timestamp: number;
}

export const NOW_MS = 1777593600000;

export function sampleRecord(fields: Partial<SampleRecord> = {}): SampleRecord {
  return { key: Buffer.from("key"), value: Buffer.from("value"), headers: [], timestamp: NOW_MS, ...fields };
}

/** A batch of the given records; by default three small ones. */
export function sampleBatch(
  records: readonly SampleRecord[] = THREE,
  codec: CodecName = "none",
  options: RecordBatchBuilderOptions = {},
): Buffer {
  const builder = new RecordBatchBuilder(options);
  for (const { key, value, headers, timestamp } of records) builder.append(key, value, headers, timestamp);
  return builder.close(codec);
}

const THREE = [sampleRecord(), sampleRecord({ timestamp: NOW_MS + 10 }), sampleRecord({ timestamp: NOW_MS + 5 })];

const field = fc.option(
  fc.oneof(
    fc.uint8Array({ maxLength: 70 }).map((bytes) => Buffer.from(bytes)),
    fc
      .tuple(fc.constantFrom("airport", "delay", "{}"), fc.integer({ min: 0, max: 600 }))
      .map(([word, times]) => Buffer.from(word.repeat(times))),
  ),
  { nil: null },
);
const header = fc.record({ key: fc.string({ unit: "grapheme", maxLength: 8 }), value: field }, { noNullPrototype: true });
/** Every safe difference between two timestamps is a varlong that must survive. */
const timestamp = fc.oneof(fc.integer({ min: NOW_MS - 100, max: NOW_MS + 100 }), fc.integer({ min: -1, max: 2 ** 51 }));

export const arbitraryRecord: fc.Arbitrary<SampleRecord> = fc.record(
  { key: field, value: field, headers: fc.array(header, { maxLength: 4 }), timestamp },
  { noNullPrototype: true },
);
export const arbitraryRecords: fc.Arbitrary<SampleRecord[]> = fc.array(arbitraryRecord, { minLength: 1, maxLength: 40 });
