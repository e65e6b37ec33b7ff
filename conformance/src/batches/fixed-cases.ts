import { gzipSync } from "node:zlib";
import type { BatchCase } from "./batch-case.ts";
import { CODEC_IDS, type Codec, packings } from "./packings.ts";
import { type RawHeader, type RawRecord, rawBatch, rawRecord, rawRecords } from "./raw-batch.ts";
import { type TargetTopic, targetTopics } from "./target-topics.ts";

const DAY_MS = 86_400_000n;
const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);
const bytes = (text: string): Buffer => Buffer.from(text);

/** Records that compress, some without key, value or header. */
function sampleRecords(count: number): RawRecord[] {
  return Array.from({ length: count }, (_, i) => ({
    timestampDelta: BigInt(i),
    key: bytes(`key ${i}`),
    value: i % 7 === 3 ? null : bytes(`a value that compresses well ${i % 5}`),
    headers: i % 4 === 1 ? [[bytes("trace"), bytes(String(i))] as const, [bytes("none"), null] as const] : [],
  }));
}

const packers: Record<"none" | "gzip", (records: Buffer) => Buffer> = { none: (records) => records, gzip: (records) => gzipSync(records) };

/** Every case that was ever in question, by name, over topics of every kind. `nowMs` is the producers' time. */
export function fixedCases(nowMs: number): BatchCase[] {
  const cases: BatchCase[] = [];
  const add = (name: string, topic: TargetTopic, records: Buffer, version?: number): void => {
    cases.push({ name: `${topic}: ${name}`, topic, records, ...(version !== undefined && { version }) });
  };
  const three = sampleRecords(3);
  const payload = rawRecords(three);
  const sound = (header: RawHeader = {}): Buffer => rawBatch(payload, 3, nowMs, { maxTimestamp: BigInt(nowMs + 2), ...header });
  const withRecords = (records: readonly RawRecord[], header: RawHeader = {}): Buffer =>
    rawBatch(rawRecords(records), records.length, nowMs, header);

  for (const topic of Object.keys(targetTopics) as TargetTopic[]) {
    add("sound", topic, sound());
    for (const { codec, name, pack } of packings.filter((each) => each.name === "plain")) {
      add(
        `sound, ${codec} ${name}`,
        topic,
        rawBatch(pack(payload), 3, nowMs, { attributes: CODEC_IDS[codec], maxTimestamp: BigInt(nowMs + 2) }),
      );
    }
    for (const [what, maxTimestamp] of [
      ["-1", -1n],
      ["0", 0n],
      ["the first record's", BigInt(nowMs)],
      ["a day ahead", BigInt(nowMs) + DAY_MS],
      ["the largest there is", INT64_MAX],
    ] as const) {
      add(`a header with the largest time ${what}`, topic, sound({ maxTimestamp }));
      add(`a header with the largest time ${what}, gzip`, topic, rawBatch(gzipSync(payload), 3, nowMs, { maxTimestamp, attributes: 1 }));
    }
    add("append time set by the client", topic, sound({ attributes: 8 }));
    add("append time set by the client, gzip", topic, rawBatch(gzipSync(payload), 3, nowMs, { attributes: 9 }));
    add("append time set by the client, without a time", topic, sound({ attributes: 8, maxTimestamp: -1n }));
    add("append time set by the client, a day ahead", topic, sound({ attributes: 8, maxTimestamp: BigInt(nowMs) + DAY_MS }));
    add("no key in the second", topic, withRecords([three[0]!, { value: bytes("v") }, three[2]!]));
    add("no key at all", topic, withRecords([{ value: bytes("v") }, {}, {}]));
    add("an empty key", topic, withRecords([{ key: Buffer.alloc(0) }]));
    add("a time a day ahead", topic, withRecords([three[0]!, { key: bytes("k"), timestampDelta: DAY_MS }]));
    add("a time two hours ago", topic, withRecords([three[0]!, { key: bytes("k"), timestampDelta: -DAY_MS / 12n }]));
    add("a time a day ahead and no key", topic, withRecords([{}, { key: bytes("k"), timestampDelta: DAY_MS }, { timestampDelta: DAY_MS }]));
  }

  for (const attributes of [0x10, 0x20, 0x30, 0x40, 0x80, 0x100, 0x4000, -0x8000, 5, 6, 7, 0x18]) {
    add(`attributes ${attributes}`, "plain", sound({ attributes }));
    add(`attributes ${attributes}, largest time -1`, "plain", sound({ attributes, maxTimestamp: -1n }));
    add(`attributes ${attributes}, with a producer`, "plain", sound({ attributes, producerId: 4711n, producerEpoch: 0, baseSequence: 0 }));
  }
  add("attributes 0x10, no records", "plain", rawBatch(Buffer.alloc(0), 0, nowMs, { attributes: 0x10 }));
  for (const baseOffset of [1n, -1n, 777n, INT64_MAX, INT64_MIN]) add(`base offset ${baseOffset}`, "plain", sound({ baseOffset }));
  for (const partitionLeaderEpoch of [0, 5, -7]) add(`leader epoch ${partitionLeaderEpoch}`, "plain", sound({ partitionLeaderEpoch }));
  for (const magic of [0, 1, 3, 127, -1]) add(`format ${magic}`, "plain", sound({ magic }));
  for (const lengthOff of [-1, 1, -payload.length, -payload.length - 1, 1000, -200, -(2 ** 31) + 200])
    add(`length ${lengthOff} off`, "plain", sound({ lengthOff }));
  add("a wrong checksum", "plain", sound({ crcOff: 1 }));
  add("a wrong checksum and no base offset 0", "plain", sound({ crcOff: 1, baseOffset: 5n }));
  add("too large and a wrong checksum", "small-batches", rawBatch(Buffer.alloc(2000, 1), 3, nowMs, { crcOff: 1 }));
  add("too large", "small-batches", rawBatch(Buffer.alloc(2000, 1), 3, nowMs));
  add("too large, a base offset", "small-batches", rawBatch(Buffer.alloc(2000, 1), 3, nowMs, { baseOffset: 5n }));
  add("nothing", "plain", Buffer.alloc(0));
  add("a few bytes", "plain", Buffer.alloc(10));
  add("17 bytes", "plain", Buffer.alloc(17));
  add("a header alone", "plain", sound().subarray(0, 61));
  add("cut", "plain", sound().subarray(0, -1));
  add("two batches", "plain", Buffer.concat([sound(), sound()]));
  add("a cut batch behind", "plain", Buffer.concat([sound(), sound().subarray(0, 70)]));
  add("12 zeros behind", "plain", Buffer.concat([sound(), Buffer.alloc(12)]));
  add("16 ones behind", "plain", Buffer.concat([sound(), Buffer.alloc(16, 1)]));
  add("12 zeros", "plain", Buffer.alloc(12));
  add("10 zeros behind", "plain", Buffer.concat([sound(), Buffer.alloc(10)]));
  add("100 zeros behind", "plain", Buffer.concat([sound(), Buffer.alloc(100)]));
  add("100 ones behind", "plain", Buffer.concat([sound(), Buffer.alloc(100, 0xff)]));

  for (const [what, header] of [
    ["4 announced, 3 there", { recordCount: 4 }],
    ["2 announced, 3 there", { recordCount: 2 }],
    ["1 announced, 3 there", { recordCount: 1 }],
    ["none announced", { recordCount: 0 }],
    ["-1 announced", { recordCount: -1 }],
    ["2^31 - 1 announced", { recordCount: 2 ** 31 - 1 }],
    ["last offset delta 1", { lastOffsetDelta: 1 }],
    ["last offset delta 3", { lastOffsetDelta: 3 }],
    ["last offset delta -1", { lastOffsetDelta: -1 }],
    ["a producer without a sequence", { producerId: 5n, producerEpoch: 0, baseSequence: -1 }],
    ["a producer without an epoch", { producerId: 5n, producerEpoch: -1, baseSequence: 0 }],
    ["a sequence without a producer", { producerId: -1n, producerEpoch: 0, baseSequence: 5 }],
    ["producer -2", { producerId: -2n, producerEpoch: 0, baseSequence: 0 }],
    ["a new producer with sequence 7", { producerId: 70001n, producerEpoch: 3, baseSequence: 7 }],
    ["the largest producer", { producerId: INT64_MAX, producerEpoch: 0, baseSequence: 0 }],
    ["base time -1", { baseTimestamp: -1n }],
    ["base time 0", { baseTimestamp: 0n }],
    ["base time -5", { baseTimestamp: -5n }],
    ["base time -2^53", { baseTimestamp: -(2n ** 53n) }],
    ["base time 2^53", { baseTimestamp: 2n ** 53n }],
    ["base time of the largest int64", { baseTimestamp: INT64_MAX }],
    ["base time of the smallest int64", { baseTimestamp: INT64_MIN }],
    ["base time a day ahead", { baseTimestamp: BigInt(nowMs) + DAY_MS }],
  ] as const satisfies readonly (readonly [string, RawHeader])[]) {
    add(what, "plain", sound(header));
    add(`${what}, gzip`, "plain", rawBatch(gzipSync(payload), 3, nowMs, { ...header, attributes: 1 }));
    add(what, "gzip", sound(header));
  }

  const k = { key: bytes("k"), value: bytes("v") };
  for (const [what, records] of [
    [
      "record attributes",
      [
        { ...k, attributes: 1 },
        { ...k, attributes: 0xff },
      ],
    ],
    ["offsets that skip one", [k, { ...k, offsetDelta: 2 }]],
    ["offsets all 0", [k, { ...k, offsetDelta: 0 }]],
    [
      "offsets backwards",
      [
        { ...k, offsetDelta: 1 },
        { ...k, offsetDelta: 0 },
      ],
    ],
    [
      "offsets from 1",
      [
        { ...k, offsetDelta: 1 },
        { ...k, offsetDelta: 2 },
      ],
    ],
    ["a negative offset delta", [{ ...k, offsetDelta: -1 }]],
    ["times that go back", [{ ...k, timestampDelta: 10n }, k, { ...k, timestampDelta: 5n }]],
    ["times before 1970", [{ ...k, timestampDelta: -BigInt(nowMs) - 5n }]],
    ["a time of -1", [{ ...k, timestampDelta: -BigInt(nowMs) - 1n }, k]],
    ["a huge time delta", [{ ...k, timestampDelta: 2n ** 60n }]],
    ["a huge negative time delta", [{ ...k, timestampDelta: -(2n ** 60n) }]],
    ["key length -2", [{ ...k, key: null, keyLength: -2 }, k]],
    ["value length -2", [{ ...k, value: null, valueLength: -2 }]],
    ["key length beyond the record", [{ ...k, keyLength: 100 }, k, k, k, k, k, k, k, k, k, k, k, k, k, k]],
    ["key length 2^31 - 1", [{ ...k, keyLength: 2 ** 31 - 1 }]],
    ["value length beyond the batch", [{ ...k, valueLength: 5000 }]],
    ["value length one too small", [{ ...k, valueLength: 0 }]],
    ["header count -1", [{ ...k, headerCount: -1 }]],
    ["header count 1, none there", [{ ...k, headerCount: 1 }]],
    ["header count 2^31 - 1", [{ ...k, headerCount: 2 ** 31 - 1 }]],
    ["a header without a name", [{ ...k, headerCount: 1, tail: Buffer.from([1, 1]) }]],
    ["a header name of length -2", [{ ...k, headerCount: 1, tail: Buffer.from([3, 1]) }]],
    ["a header value of length -2", [{ ...k, headerCount: 1, tail: Buffer.from([0, 3]) }]],
    ["a header beyond the record", [{ ...k, headerCount: 1, tail: Buffer.from([40, 1]) }]],
    ["bytes behind the last field", [{ ...k, tail: bytes("more") }, k]],
    ["record length one too small", [{ ...k, lengthOff: -1 }, k]],
    ["record length one too large", [{ ...k, lengthOff: 1 }, k]],
    ["record length one too large in the last", [k, { ...k, lengthOff: 1 }]],
    ["record length -1", [{ ...k, lengthOff: -11 }, k]],
    ["record length 0", [{ ...k, lengthOff: -10 }, k]],
    ["record length 2^30", [{ ...k, lengthOff: 2 ** 30 }]],
  ] as const satisfies readonly (readonly [string, readonly RawRecord[]])[]) {
    for (const topic of ["plain", "compacted", "gzip"] as const) {
      for (const codec of ["none", "gzip"] as const) {
        const batch = rawBatch(packers[codec](rawRecords(records)), records.length, nowMs, { attributes: CODEC_IDS[codec] });
        add(`${what}, ${codec}`, topic, batch);
      }
    }
  }
  const record = rawRecord(k, 0);
  for (const [what, content, count] of [
    ["no records at all", Buffer.alloc(0), 1],
    ["records that are no records", Buffer.alloc(40, 0x7e), 3],
    ["zeros", Buffer.alloc(40), 3],
    ["ones", Buffer.alloc(40, 0xff), 3],
    ["many zeros", Buffer.alloc(100000), 1],
    ["a length varint of six bytes", Buffer.from([0x80, 0x80, 0x80, 0x80, 0x80, 1]), 1],
    ["a length varint that is cut", Buffer.from([0x80]), 1],
    ["a length varint of five bytes", Buffer.concat([Buffer.from([0x90, 0x80, 0x80, 0x80, 0]), record.subarray(1)]), 1],
    ["a last record that is cut", rawRecords([k, k]).subarray(0, -3), 2],
    ["a byte behind the last record", Buffer.concat([record, Buffer.from([0])]), 1],
    ["a record behind the last record", rawRecords([k, k]), 1],
  ] as const) {
    for (const topic of ["plain", "gzip"] as const) {
      for (const codec of ["none", "gzip"] as const)
        add(`${what}, ${codec}`, topic, rawBatch(packers[codec](content), count, nowMs, { attributes: CODEC_IDS[codec] }));
    }
  }

  const many = rawRecords(sampleRecords(3000));
  for (const { codec, name, pack } of packings) {
    const attributes = CODEC_IDS[codec satisfies Codec];
    add(`${codec} with ${name}`, "plain", rawBatch(pack(payload), 3, nowMs, { attributes, maxTimestamp: BigInt(nowMs + 2) }));
    add(`${codec} with ${name}, to be packed again`, codec === "gzip" ? "lz4" : "gzip", rawBatch(pack(payload), 3, nowMs, { attributes }));
    if (pack(many).length < 1_000_000)
      add(`${codec} with ${name}, 3000 records`, "plain", rawBatch(pack(many), 3000, nowMs, { attributes }));
  }
  const zstdPacked = packings.find(({ codec }) => codec === "zstd")!.pack(payload);
  for (const version of [3, 6, 7]) add(`zstd in Produce ${version}`, "plain", rawBatch(zstdPacked, 3, nowMs, { attributes: 4 }), version);
  return cases;
}
