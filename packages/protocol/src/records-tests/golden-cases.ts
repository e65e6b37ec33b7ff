import type { CodecName } from "../records/index.ts";
import type { GoldenBatch, GoldenRecord } from "./golden-batch.ts";

const MAY_2026_MS = 1777593600000;

const PLAIN: GoldenBatch = {
  codec: "none",
  baseOffset: 0,
  partitionLeaderEpoch: -1,
  logAppendTimeMs: null,
  deleteHorizonMs: null,
  producerId: -1,
  producerEpoch: -1,
  baseSequence: -1,
  isTransactional: false,
  isControl: false,
  records: [],
};

function hex(text: string): string {
  return Buffer.from(text).toString("hex");
}

function record(fields: Partial<GoldenRecord>): GoldenRecord {
  return { timestamp: MAY_2026_MS, key: null, value: null, headers: [], ...fields };
}

/** Records of every shape: null, empty and long fields, headers doubled, null and empty, times forth and back. */
const MIXED: readonly GoldenRecord[] = [
  record({ key: hex("SFO"), value: hex("first") }),
  record({ timestamp: MAY_2026_MS + 63, key: null, value: hex("no key") }),
  record({ timestamp: MAY_2026_MS + 64, key: hex("tombstone"), value: null }),
  record({ timestamp: MAY_2026_MS - 5, key: "", value: "" }),
  record({ timestamp: MAY_2026_MS + 86400000 }),
  record({
    timestamp: MAY_2026_MS - 86400000 * 365,
    key: hex("headers"),
    value: hex("with headers"),
    headers: [
      { key: "trace", value: hex("1") },
      { key: "trace", value: hex("2") },
      { key: "null", value: null },
      { key: "", value: "" },
      { key: "žluťoučký 🐎", value: hex("utf-8") },
      { key: "long", value: { hex: "ab", times: 300 } },
    ],
  }),
  record({ timestamp: MAY_2026_MS + 1, key: { hex: hex("k"), times: 64 }, value: { hex: hex("0123456789"), times: 20 } }),
];

/** More than one block of lz4 (64 KiB) and several chunks of snappy (32 KiB). */
const LARGE: readonly GoldenRecord[] = Array.from({ length: 40 }, (_, i) =>
  record({
    timestamp: MAY_2026_MS + i * 1000,
    key: hex(`airport-${i}`),
    value: { hex: hex(`{"flight":${i},"delay":${(i * 37) % 240}},`), times: 200 },
  }),
);

const SMALL = [record({ key: hex("k"), value: hex("v") }), record({ timestamp: MAY_2026_MS + 7, key: hex("k2"), value: hex("v2") })];

function marker(outcome: "abort" | "commit", coordinatorEpoch: number, fields: Partial<GoldenBatch>): GoldenBatch {
  const records = [record({ timestamp: MAY_2026_MS, marker: { outcome, coordinatorEpoch } })];
  return { ...PLAIN, isTransactional: true, isControl: true, producerId: 4711, producerEpoch: 3, records, ...fields };
}

const CODECS: readonly CodecName[] = ["none", "gzip", "snappy", "lz4", "zstd"];

/** What Java is asked to write, by name. */
export function goldenBatches(): ReadonlyMap<string, GoldenBatch> {
  const batches = new Map<string, GoldenBatch>();
  for (const codec of CODECS) {
    batches.set(`mixed, ${codec}`, { ...PLAIN, codec, records: MIXED });
    batches.set(`single, ${codec}`, { ...PLAIN, codec, records: [record({ key: hex("k"), value: hex("v") })] });
    if (codec !== "none") batches.set(`large, ${codec}`, { ...PLAIN, codec, records: LARGE });
  }
  batches.set("many records", {
    ...PLAIN,
    records: Array.from({ length: 300 }, (_, i) => record({ timestamp: MAY_2026_MS + i, value: hex(String(i)) })),
  });
  batches.set("idempotent", { ...PLAIN, producerId: 1000, producerEpoch: 0, baseSequence: 42, records: SMALL });
  batches.set("largest producer", {
    ...PLAIN,
    producerId: Number.MAX_SAFE_INTEGER,
    producerEpoch: 32767,
    baseSequence: 2147483647,
    records: SMALL,
  });
  batches.set("transactional", { ...PLAIN, producerId: 7, producerEpoch: 1, baseSequence: 0, isTransactional: true, records: SMALL });
  batches.set("in the log", { ...PLAIN, baseOffset: 5_000_000_000, partitionLeaderEpoch: 12, records: SMALL });
  batches.set("log append time", { ...PLAIN, logAppendTimeMs: MAY_2026_MS + 5000, records: MIXED });
  batches.set("log append time, lz4", { ...PLAIN, codec: "lz4", logAppendTimeMs: MAY_2026_MS + 5000, records: MIXED });
  batches.set("no timestamp", {
    ...PLAIN,
    records: [record({ timestamp: -1, value: hex("v") }), record({ timestamp: -1, value: hex("w") })],
  });
  batches.set("delete horizon", { ...PLAIN, deleteHorizonMs: MAY_2026_MS + 86400000, records: SMALL });
  batches.set("commit", marker("commit", 0, {}));
  batches.set("abort", marker("abort", 2147483647, { baseOffset: 99, partitionLeaderEpoch: 4 }));
  return batches;
}
