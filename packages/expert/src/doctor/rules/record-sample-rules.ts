import { printBytes } from "../../quantity/print-quantity.ts";
import type { SampledTopic } from "../../snapshot/sampled-topic.ts";
import { observed, valueOf } from "../../snapshot/observed.ts";
import type { TopicSnapshot } from "../../snapshot/topic-snapshot.ts";
import type { ClusterRule } from "../cluster-rule.ts";
import { type ClusterView, count } from "../cluster-view.ts";
import { examplePartition, exampleTopic, look, looks } from "../example-cluster.ts";
import { type Found, overTopics, topicConfig, topicsHave } from "./over-topics.ts";

/** Of fewer records nobody can say how they are. */
const RECORDS_MIN = 10;

/** Rules over what the newest records of topics look like; records are read only where that was asked for. */
export const recordSampleRules: readonly ClusterRule[] = [
  {
    id: "TOP-15",
    name: "compact-null-key",
    severity: "error",
    confidence: "high",
    harm: "refused",
    needs: ["topics", "topicConfigs", "recordSample"],
    condition: "a topic whose cleanup.policy has compact holds records without a key, in a sample of its newest ones",
    why: "Brokers refuse a record without a key in a compacted topic (INVALID_RECORD): those that are there came before the policy, and their producers fail now.",
    fix: "Give each record its entity's key, or set cleanup.policy=delete.",
    source: "Apache Kafka documentation, log compaction",
    check: (view) =>
      overTopics(
        view,
        (topic) => {
          const sample = sampleOf(view, topic.name);
          return (sample?.withoutKey ?? 0) > 0 && (view.text(topic, "cleanup.policy") ?? "").includes("compact") ? sample : undefined;
        },
        (found) => ({
          message: `${topicsHave(found)} records without a key, and ${found.length === 1 ? "is" : "are"} compacted.`,
          evidence: evidenceOf(found, ({ withoutKey, records }) => `${withoutKey} of ${records} newest records without a key`),
        }),
      ),
    examples: [
      { observe: () => sampled({ withoutKey: 1 }, { "cleanup.policy": "compact" }), hits: 1 },
      { observe: () => sampled({ withoutKey: 0 }, { "cleanup.policy": "compact" }), hits: 0 },
      { observe: () => sampled({ withoutKey: 5 }), hits: 0 },
    ],
  },
  {
    id: "TOP-19",
    name: "recompress",
    severity: "warning",
    confidence: "high",
    harm: "uneven",
    needs: ["topics", "topicConfigs", "recordSample"],
    condition:
      "a topic's compression.type is another codec than the one that its newest batches have, in a sample: they were written before, or it was just changed",
    why: "Brokers unpack and pack again every batch that comes in another codec: processor time of the brokers, and no zero-copy.",
    fix: "Set compression.type=producer on the topic, and the codec at the producers.",
    source: "Apache Kafka documentation, topic configs: compression.type",
    check: (view) =>
      overTopics(
        view,
        (topic) => {
          const [sample, codec] = [sampleOf(view, topic.name), view.text(topic, "compression.type")];
          if (sample === undefined || codec === undefined || codec === "producer") return undefined;
          const wanted = codec === "uncompressed" ? "none" : codec;
          return sample.codecs.some((each) => each !== wanted) ? sample : undefined;
        },
        (found) => ({
          message: `${topicsHave(found)} another codec than ${found.length === 1 ? "its" : "their"} batches.`,
          evidence: evidenceOf(
            found,
            ({ codecs }, topic) => `compression.type=${view.text(topic, "compression.type")}, batches in ${codecs.join(", ")}`,
          ),
          changes: found.map(({ topic }) => topicConfig(topic.name, { "compression.type": "producer" })),
        }),
      ),
    examples: [
      { observe: () => sampled({ codecs: ["zstd"] }, { "compression.type": "lz4" }), hits: 1 },
      { observe: () => sampled({ codecs: ["lz4"] }, { "compression.type": "lz4" }), hits: 0 },
      { observe: () => sampled({ codecs: ["none"] }, { "compression.type": "uncompressed" }), hits: 0 },
      { observe: () => sampled({ codecs: ["zstd"] }), hits: 0 },
    ],
  },
  {
    id: "TOP-20",
    name: "no-compression",
    severity: "warning",
    confidence: "high",
    harm: "uneven",
    needs: ["topics", "recordSample", "time"],
    condition: "more than 1 MB/s come into a topic, and its newest batches are JSON without compression, in a sample",
    why: "JSON repeats its names in every record: compressed by batch it takes a fifth or less of network, disk and page cache.",
    fix: "Set compression.type=lz4 at the producers where speed counts, zstd where space does.",
    source: "Apache Kafka documentation, producer configs: compression.type",
    thresholds: [
      { name: "rateAbove", meaning: "bytes a second that may come uncompressed", default: 1_000_000, unit: "bytes", least: 0, most: 1e12 },
    ],
    check: (view, { threshold }) => {
      const rates = recordsPerS(view);
      return overTopics(
        view,
        (topic) => {
          const sample = sampleOf(view, topic.name);
          if (!sample?.codecs.includes("none") || sample.jsonLike * 2 <= sample.records) return undefined;
          const bytesPerS = (rates.get(topic.name) ?? 0) * bytesOf(topic.partitions, sample);
          return bytesPerS > threshold("rateAbove") ? { ...sample, bytesPerS } : undefined;
        },
        (found) => ({
          message: `${topicsHave(found)} JSON in uncompressed batches, at ${printBytes(found.reduce((sum, { seen }) => sum + seen.bytesPerS, 0))}/s.`,
          evidence: found
            .slice(0, 3)
            .map(
              ({ topic, seen }) =>
                `${topic.name}: ${printBytes(seen.bytesPerS)}/s, ${seen.jsonLike} of ${seen.records} newest records JSON, batches ${seen.codecs.join(", ")}`,
            )
            .join("; "),
        }),
      );
    },
    examples: [
      { observe: () => busy(2000, { codecs: ["none"], jsonLike: 100 }), hits: 1 },
      { observe: () => busy(900, { codecs: ["none"], jsonLike: 100 }), hits: 0 },
      { observe: () => busy(2000, { codecs: ["lz4"], jsonLike: 100 }), hits: 0 },
      { observe: () => busy(2000, { codecs: ["none"], jsonLike: 10 }), hits: 0 },
    ],
  },
  {
    id: "TOP-28",
    name: "timestamp-key",
    severity: "warning",
    confidence: "medium",
    harm: "uneven",
    needs: ["topics", "recordSample"],
    condition:
      "at least 9 of 10 of a topic's newest records have a time as their key, or a number that counts up record by record; of at least 10 in a sample",
    why: "No two records of one thing have one key then: nothing is in order, compaction keeps everything, and a table has a row a record.",
    fix: "Key by what must stay in order (the order, the device, the account), or by nothing.",
    source: "Apache Kafka documentation, partitioning",
    check: (view) =>
      overTopics(
        view,
        (topic) => {
          const sample = sampleOf(view, topic.name);
          if (sample === undefined || sample.records < RECORDS_MIN) return undefined;
          return Math.max(sample.timeKeys, sample.countingKeys) >= sample.records * 0.9 ? sample : undefined;
        },
        (found) => ({
          message: `${topicsHave(found)} keys that are ${found[0]!.seen.timeKeys >= found[0]!.seen.countingKeys ? "times" : "counters"}.`,
          evidence: evidenceOf(
            found,
            ({ timeKeys, countingKeys, records }) =>
              `of ${records} newest records ${timeKeys} have a time as key, ${countingKeys} a number that counts up`,
          ),
        }),
      ),
    examples: [
      { observe: () => sampled({ timeKeys: 90 }), hits: 1 },
      { observe: () => sampled({ countingKeys: 100 }), hits: 1 },
      { observe: () => sampled({ timeKeys: 89, countingKeys: 89 }), hits: 0 },
      { observe: () => sampled({ records: 9, countingKeys: 9 }), hits: 0 },
    ],
  },
];

function sampleOf({ snapshot }: ClusterView, name: string): SampledTopic | undefined {
  return (valueOf(snapshot.recordSample) ?? []).find(({ topic }) => topic === name);
}

function evidenceOf(
  found: readonly Found<SampledTopic>[],
  tell: (sample: SampledTopic, topic: Found<SampledTopic>["topic"]) => string,
): string {
  const more = found.length > 3 ? `; and ${count(found.length - 3, "more topic")}` : "";
  return `${found
    .slice(0, 3)
    .map(({ topic, seen }) => `${topic.name}: ${tell(seen, topic)}`)
    .join("; ")}${more}`;
}

/** Records a second into each topic, as far as it was watched. */
function recordsPerS(view: ClusterView): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const placed of view.partitions) sums.set(placed.topic.name, (sums.get(placed.topic.name) ?? 0) + (view.producedPerS(placed) ?? 0));
  return sums;
}

/** Bytes of a record, by the logs that the brokers show, which are those of compressed batches too; by the sample where they show none. */
function bytesOf(partitions: TopicSnapshot["partitions"], { valueBytesP99 }: SampledTopic): number {
  return meanRecordBytes(partitions) ?? valueBytesP99;
}

function meanRecordBytes(partitions: TopicSnapshot["partitions"]): number | undefined {
  let [bytes, records] = [0, 0];
  for (const { leader, replicas, offsets } of partitions) {
    const { logStartOffset: start, highWatermark: end } = valueOf(offsets) ?? {};
    const log = replicas.find(({ broker }) => broker === leader)?.log;
    const size = log && valueOf(log)?.bytes;
    if (start === undefined || end === undefined || size === undefined) continue;
    bytes += size;
    records += end - start;
  }
  return records > 0 ? bytes / records : undefined;
}

const SAMPLE: SampledTopic = {
  topic: "orders",
  partition: 0,
  records: 100,
  codecs: ["lz4"],
  withoutKey: 0,
  timeKeys: 0,
  countingKeys: 0,
  jsonLike: 0,
  valueBytesP99: 400,
};

function sampled(sample: Partial<SampledTopic>, set: Readonly<Record<string, string>> = {}) {
  return look({ only: [exampleTopic("orders", 3, set)], recordSample: observed([{ ...SAMPLE, ...sample }]) });
}

/** A topic into which so many records of 1 kB a second come. */
function busy(perS: number, sample: Partial<SampledTopic>) {
  const at = (end: number) => ({
    only: [exampleTopic("orders", [partitionAt(end)])],
    recordSample: observed([{ ...SAMPLE, ...sample }]),
  });
  return looks(10_000, at(10_000), at(10_000 + perS * 10));
}

function partitionAt(end: number) {
  return examplePartition(0, { end, bytes: end * 1000 });
}
