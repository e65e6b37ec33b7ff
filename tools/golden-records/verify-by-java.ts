import assert from "node:assert/strict";
import fc from "fast-check";
import {
  CODEC_NAMES,
  type CodecName,
  decompressRecords,
  type KafkaRecord,
  RecordBatchBuilder,
  readRecords,
} from "../../packages/protocol/src/records/index.ts";

const BATCHES_PER_CODEC = 25;
const FIELD_BYTES_MAX = 3000;
const SEED = 2026;

interface JavaRecord {
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly { readonly key: string; readonly value: string | null }[];
}

/** Has Java read batches of ours, drawn at random, in every codec, and compares record by record. Throws on a difference. */
export function verifyByJava(runJava: (mode: "read", lines: readonly string[]) => string[]): void {
  const batches = CODEC_NAMES.flatMap((codec) => fc.sample(arbitraryBatch(codec), { seed: SEED, numRuns: BATCHES_PER_CODEC }));
  const answers = runJava(
    "read",
    batches.map((batch) => batch.toString("hex")),
  );
  assert.equal(answers.length, batches.length);
  let records = 0;
  let largestBytes = 0;
  for (const [i, batch] of batches.entries()) {
    const answer = JSON.parse(answers[i]!) as { readonly codec: string; readonly records: readonly JavaRecord[] };
    assert.equal(answer.codec, CODEC_NAMES[Math.floor(i / BATCHES_PER_CODEC)]);
    assert.deepEqual(answer.records, readRecords(batch).map(inHex));
    records += answer.records.length;
    largestBytes = Math.max(largestBytes, decompressRecords(batch, 0).length);
  }
  console.log(
    `Java read ${batches.length} of our batches, ${records} records in ${CODEC_NAMES.length} codecs, up to ${largestBytes} bytes unpacked: all the same.`,
  );
}

function arbitraryBatch(codec: CodecName): fc.Arbitrary<Buffer> {
  // Words from a short list, so that there is something to compress; raw bytes, so that there is not.
  const word = fc.constantFrom("airport", "delay", "flight", "{", "}", ":", "42", "0");
  const text = fc.array(word, { maxLength: FIELD_BYTES_MAX / 5, size: "max" }).map((words) => Buffer.from(words.join("")));
  const noise = fc.uint8Array({ maxLength: FIELD_BYTES_MAX }).map((bytes) => Buffer.from(bytes));
  const field = fc.option(fc.oneof(text, noise), { nil: null, freq: 8 });
  const header = fc.record({ key: fc.string({ unit: "grapheme", maxLength: 12 }), value: field });
  const record = fc.record({
    key: field,
    value: field,
    headers: fc.array(header, { maxLength: 3 }),
    timestamp: fc.integer({ min: 0, max: 2 ** 48 }),
  });
  return fc.array(record, { minLength: 1, maxLength: 120, size: "max" }).map((records) => {
    const builder = new RecordBatchBuilder();
    for (const { key, value, headers, timestamp } of records) builder.append(key, value, headers, timestamp);
    return builder.close(codec);
  });
}

function inHex(record: KafkaRecord): JavaRecord {
  return {
    offset: record.offset,
    timestamp: record.timestamp,
    key: record.key?.toString("hex") ?? null,
    value: record.value?.toString("hex") ?? null,
    headers: record.headers.map(({ key, value }) => ({ key, value: value?.toString("hex") ?? null })),
  };
}
