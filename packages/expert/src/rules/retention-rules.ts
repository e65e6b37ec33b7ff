import type { Settings } from "../lint/settings.ts";
import { evidenceOf, type Hit, type SettingsRule } from "./rule.ts";

const MIB = 1_048_576;
/** Kafka's own default for a topic, a little above a MiB of records. */
const MESSAGE_BYTES = 1_048_588;

/** A topic's word and a broker's for its topics. */
function keyOf(settings: Settings, topic: string, broker: string): string | undefined {
  const key = settings.isOf("topic") ? topic : settings.isOf("broker") ? broker : undefined;
  return key !== undefined && settings.given(key) !== undefined ? key : undefined;
}

function numberOf(settings: Settings, key: string | undefined): number | undefined {
  const text = key === undefined ? undefined : settings.given(key);
  return text !== undefined && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

/** The first of the keys that is given, in ms. */
function timeOf(settings: Settings, keys: Readonly<Record<string, number>>): { readonly key: string; readonly ms: number } | undefined {
  for (const [key, factor] of Object.entries(keys)) {
    const number = numberOf(settings, key);
    if (number !== undefined) return { key, ms: number < 0 ? Number.POSITIVE_INFINITY : number * factor };
  }
  return undefined;
}

const RETENTION_MS = { "log.retention.ms": 1, "log.retention.minutes": 60_000, "log.retention.hours": 3_600_000 };
const ROLL_MS = { "log.roll.ms": 1, "log.roll.hours": 3_600_000 };

function isCompacted(settings: Settings): boolean {
  return settings.given(settings.isOf("topic") ? "cleanup.policy" : "log.cleanup.policy")?.includes("compact") ?? false;
}

function segmentAgainstRetention(settings: Settings, share: number): Hit[] {
  const isTopic = settings.isOf("topic");
  const hits: Hit[] = [];
  const retention = timeOf(settings, isTopic ? { "retention.ms": 1 } : RETENTION_MS);
  const roll = timeOf(settings, isTopic ? { "segment.ms": 1 } : ROLL_MS);
  if (retention && roll && roll.ms > retention.ms)
    hits.push({
      key: roll.key,
      message: `A segment lasts longer than its records are to be kept (${roll.ms} ms, ${retention.ms} ms): they stay until it is closed.`,
      evidence: evidenceOf(settings, roll.key, retention.key),
      ...(isTopic && { settings: [{ key: roll.key, value: String(Math.max(600_000, Math.floor(retention.ms / 5))) }] }),
    });
  const bytes = numberOf(settings, isTopic ? "retention.bytes" : "log.retention.bytes");
  const segmentKey = isTopic ? "segment.bytes" : "log.segment.bytes";
  const segment = numberOf(settings, segmentKey) ?? 1024 * MIB;
  if (bytes !== undefined && bytes > 0 && segment > bytes * share)
    hits.push({
      key: isTopic ? "retention.bytes" : "log.retention.bytes",
      message: `A segment of ${segment} bytes is more than ${Math.round(share * 100)} % of the ${bytes} that are to be kept: only whole segments are deleted.`,
      evidence: evidenceOf(settings, isTopic ? "retention.bytes" : "log.retention.bytes", segmentKey),
      settings: [{ key: segmentKey, value: String(Math.max(MIB, Math.floor((bytes * share) / 2))) }],
    });
  // A segment cannot be smaller than a MiB: there is nothing left to advise.
  return bytes !== undefined && bytes * share < MIB ? hits.filter(({ key }) => key === roll?.key) : hits;
}

function rolls(settings: Settings, shortestMs: number, smallest: number): Hit[] {
  const roll = timeOf(settings, settings.isOf("topic") ? { "segment.ms": 1 } : ROLL_MS);
  if (roll && roll.ms < shortestMs)
    return [
      {
        key: roll.key,
        message: `A file every ${roll.ms / 1000} s and partition: ${Math.round(86_400_000 / roll.ms)} a day.`,
        evidence: evidenceOf(settings, roll.key),
        settings: [{ key: roll.key, value: String(Math.max(3_600_000, shortestMs)) }],
      },
    ];
  const key = keyOf(settings, "segment.bytes", "log.segment.bytes");
  const bytes = numberOf(settings, key);
  return key !== undefined && bytes !== undefined && bytes >= MIB && bytes < smallest
    ? [
        {
          key,
          message: `Segments of ${bytes} bytes: at 1 MB/s a new file every ${Math.round(bytes / 1e6)} s.`,
          evidence: evidenceOf(settings, key),
          settings: [{ key, value: String(Math.max(104_857_600, smallest)) }],
        },
      ]
    : [];
}

/** Rules over how long and how large: topics' own words, and brokers' for all their topics. */
export const retentionRules: readonly SettingsRule[] = [
  {
    id: "TOP-11",
    name: "retention-unset",
    severity: "info",
    confidence: "medium",
    condition: "a topic's definition gives settings, but neither retention.ms nor retention.bytes, and it is not compacted",
    why: "It is then whatever the cluster's default happens to be: a week, usually, by accident.",
    fix: "Say how long its records are needed.",
    source: "Apache Kafka documentation, topic configs",
    profiles: ["prod", "critical"],
    check: (settings) =>
      settings.isOf("topic") &&
      !settings.document.isPartial &&
      !isCompacted(settings) &&
      !settings.has("retention.ms") &&
      !settings.has("retention.bytes") &&
      !/^_|-(changelog|repartition)$/.test(settings.given("topic") ?? "")
        ? {
            key: "topic",
            message: "How long its records are kept is nobody's decision.",
            evidence: evidenceOf(settings, "retention.ms", "retention.bytes"),
          }
        : undefined,
    examples: [
      { kind: "topic", settings: { topic: "orders", partitions: "3" }, hits: 1 },
      { kind: "topic", settings: { topic: "orders", "retention.ms": "604800000" }, hits: 0 },
      { kind: "topic", settings: { topic: "orders", "cleanup.policy": "compact" }, hits: 0 },
    ],
  },
  {
    id: "TOP-12",
    name: "retention-unbounded",
    severity: "warning",
    confidence: "high",
    condition: "records are deleted by policy, but retention.ms is -1 and retention.bytes too or not set, without tiered storage",
    why: "It grows until the disk is full, and the broker stops with all its other topics.",
    fix: "Bound it by time or size, compact it, or tier it.",
    source: "Apache Kafka documentation, topic configs",
    check: (settings) => {
      const key = keyOf(settings, "retention.ms", "log.retention.ms");
      const bytes = numberOf(settings, settings.isOf("topic") ? "retention.bytes" : "log.retention.bytes");
      return numberOf(settings, key) === -1 &&
        (bytes === undefined || bytes < 0) &&
        !isCompacted(settings) &&
        !settings.isTrue("remote.storage.enable")
        ? { key: key!, message: "Nothing is ever deleted from it.", evidence: evidenceOf(settings, key!) }
        : undefined;
    },
    examples: [
      { kind: "topic", settings: { "retention.ms": "-1" }, hits: 1 },
      { kind: "topic", settings: { "retention.ms": "-1", "retention.bytes": "1000000000" }, hits: 0 },
      { kind: "topic", settings: { "retention.ms": "-1", "cleanup.policy": "compact" }, hits: 0 },
      { kind: "broker", settings: { "log.retention.ms": "-1" }, hits: 1 },
    ],
  },
  {
    id: "TOP-14",
    name: "segment-vs-retention",
    severity: "warning",
    confidence: "high",
    condition: "segment.ms above retention.ms, or a segment above a fifth of retention.bytes; also the broker's words for it",
    why: "Only closed segments are deleted: records stay far longer than was said, on disk and for whoever reads.",
    fix: "Make segments a fifth of what is kept, or smaller.",
    source: "Apache Kafka documentation, log retention",
    thresholds: [
      {
        name: "share",
        meaning: "largest share of retention.bytes that a segment may be",
        default: 0.2,
        unit: "ratio",
        least: 0.01,
        most: 1,
      },
    ],
    check: (settings, { threshold }) =>
      settings.isOf("topic", "broker") ? segmentAgainstRetention(settings, threshold("share")) : undefined,
    examples: [
      { kind: "topic", settings: { "retention.ms": "3600000", "segment.ms": "3600001" }, hits: 1 },
      { kind: "topic", settings: { "retention.ms": "3600000", "segment.ms": "3600000" }, hits: 0 },
      { kind: "topic", settings: { "retention.bytes": "1073741824" }, hits: 1 },
      { kind: "topic", settings: { "retention.bytes": "1073741824", "segment.bytes": "107374182" }, hits: 0 },
      { kind: "broker", settings: { "log.retention.hours": "1", "log.roll.hours": "2" }, hits: 1 },
      { kind: "broker", settings: { "log.retention.hours": "168", "log.segment.bytes": "1073741824" }, hits: 0 },
    ],
  },
  {
    id: "TOP-16",
    name: "compact-aggressive",
    severity: "warning",
    confidence: "high",
    condition: "min.cleanable.dirty.ratio below 0.1",
    why: "The cleaner rewrites nearly the whole log for every few new records.",
    fix: "Take 0.3 to 0.5; where readers need fresh tables, set max.compaction.lag.ms.",
    source: "Apache Kafka documentation, log compaction",
    thresholds: [
      { name: "lowest", meaning: "lowest ratio of what is new to what is there", default: 0.1, unit: "ratio", least: 0, most: 1 },
    ],
    check: (settings, { threshold }) => {
      const key = keyOf(settings, "min.cleanable.dirty.ratio", "log.cleaner.min.cleanable.ratio");
      const ratio = numberOf(settings, key);
      return ratio !== undefined && ratio < threshold("lowest")
        ? {
            key: key!,
            message: `The log is rewritten when ${ratio * 100} % of it is new.`,
            evidence: evidenceOf(settings, key!),
            settings: [{ key: key!, value: String(Math.max(0.5, threshold("lowest"))) }],
          }
        : undefined;
    },
    examples: [
      { kind: "topic", settings: { "min.cleanable.dirty.ratio": "0.01", "cleanup.policy": "compact" }, hits: 1 },
      { kind: "topic", settings: { "min.cleanable.dirty.ratio": "0.1", "cleanup.policy": "compact" }, hits: 0 },
    ],
  },
  {
    id: "TOP-17",
    name: "tombstone-window",
    severity: "warning",
    confidence: "needs context",
    condition: "delete.retention.ms below an hour",
    why: "A reader that was away for longer never learns that a key was deleted, and keeps it for ever.",
    fix: "Set it above the longest outage of a reader; a day is the default.",
    source: "Apache Kafka documentation, log compaction",
    thresholds: [
      {
        name: "shortest",
        meaning: "shortest time that deletions are kept",
        default: 3_600_000,
        unit: "ms",
        least: 0,
        most: 31_536_000_000,
      },
    ],
    check: (settings, { threshold }) => {
      const key = keyOf(settings, "delete.retention.ms", "log.cleaner.delete.retention.ms");
      const ms = numberOf(settings, key);
      return ms !== undefined && ms >= 0 && ms < threshold("shortest")
        ? { key: key!, message: `Deletions are forgotten after ${ms} ms.`, evidence: evidenceOf(settings, key!), settings: [{ key: key! }] }
        : undefined;
    },
    examples: [
      { kind: "topic", settings: { "delete.retention.ms": "3599999", "cleanup.policy": "compact" }, hits: 1 },
      { kind: "topic", settings: { "delete.retention.ms": "3600000", "cleanup.policy": "compact" }, hits: 0 },
    ],
  },
  {
    id: "TOP-19",
    name: "recompress",
    severity: "warning",
    confidence: "needs context",
    condition: "a topic's or broker's compression.type is a codec and not producer",
    why: "What comes packed otherwise is unpacked and packed again by the broker: processor time, and no copying from disk to net.",
    fix: "Leave compression.type=producer, and set the codec of the producers.",
    source: "Apache Kafka documentation, topic configs",
    check: (settings) => {
      const key = "compression.type";
      const codec = settings.isOf("topic", "broker") ? settings.given(key) : undefined;
      return codec !== undefined && codec !== "producer"
        ? {
            key,
            message: `The broker packs everything as ${codec}, whatever the producer did.`,
            evidence: evidenceOf(settings, key),
            settings: [{ key }],
          }
        : undefined;
    },
    examples: [
      { kind: "topic", settings: { "compression.type": "lz4" }, hits: 1 },
      { kind: "topic", settings: { "compression.type": "producer" }, hits: 0 },
    ],
  },
  {
    id: "TOP-21",
    name: "large-messages",
    severity: "warning",
    confidence: "high",
    condition: "messages above 1 MiB are allowed; graver above 10 MiB",
    why: "One of them fills a fetch, a batch and a buffer on every broker and client on its way, and everybody else waits.",
    fix: "Keep the object in a store and send where it is; else send it in parts.",
    source: "Apache Kafka documentation, topic configs",
    thresholds: [
      {
        name: "warnAbove",
        meaning: "largest message without a warning",
        default: MESSAGE_BYTES,
        unit: "bytes",
        least: 1024,
        most: 2_147_483_647,
      },
      {
        name: "errorAbove",
        meaning: "largest message without an error",
        default: 10 * MIB,
        unit: "bytes",
        least: 1024,
        most: 2_147_483_647,
      },
    ],
    check: (settings, { threshold }) => {
      const key = keyOf(settings, "max.message.bytes", "message.max.bytes");
      const bytes = numberOf(settings, key);
      return bytes !== undefined && bytes > Math.min(threshold("warnAbove"), threshold("errorAbove"))
        ? {
            key: key!,
            severity: bytes > threshold("errorAbove") ? "error" : "warning",
            message: `Messages of up to ${bytes} bytes pass.`,
            evidence: evidenceOf(settings, key!),
            // The default may be more than the project wants.
            settings: [threshold("warnAbove") < MESSAGE_BYTES ? { key: key!, value: String(threshold("warnAbove")) } : { key: key! }],
          }
        : undefined;
    },
    examples: [
      { kind: "topic", settings: { "max.message.bytes": "1048589" }, hits: 1 },
      { kind: "topic", settings: { "max.message.bytes": "1048588" }, hits: 0 },
      { kind: "broker", settings: { "message.max.bytes": "20971520" }, hits: 1, severity: "error" },
    ],
  },
  {
    id: "TOP-26",
    name: "throttle-left",
    severity: "error",
    confidence: "medium",
    condition: "throttled replicas stand in a topic's definition or a broker's file",
    why: "They belong to a move that is over some day; from then on ordinary replication is slowed.",
    fix: "Take them out; a move sets and clears them itself.",
    source: "Apache Kafka documentation, throttling replication",
    check: (settings) =>
      settings.isOf("topic", "broker")
        ? [
            "leader.replication.throttled.replicas",
            "follower.replication.throttled.replicas",
            "leader.replication.throttled.rate",
            "follower.replication.throttled.rate",
          ]
            .filter((key) => (settings.given(key) ?? "") !== "")
            .map((key) => ({
              key,
              message: `${key} slows replication for good.`,
              evidence: evidenceOf(settings, key),
              settings: [{ key }],
            }))
        : undefined,
    examples: [
      { kind: "topic", settings: { "leader.replication.throttled.replicas": "0:1" }, hits: 1 },
      { kind: "topic", settings: { "leader.replication.throttled.replicas": "" }, hits: 0 },
    ],
  },
  {
    id: "TOP-30",
    name: "segment-rolls",
    severity: "warning",
    confidence: "medium",
    condition: "segments that are closed more often than every ten minutes, or that are smaller than 10 MiB",
    why: "Every segment is three files and two mapped indexes of every replica; the limits of the system are reached long before the disk is full.",
    fix: "Let a segment last an hour or 100 MiB at least.",
    source: "Apache Kafka documentation, topic configs",
    profiles: ["prod", "critical"],
    thresholds: [
      {
        name: "shortestRoll",
        meaning: "shortest time that a segment is open",
        default: 600_000,
        unit: "ms",
        least: 1000,
        most: 604_800_000,
      },
      { name: "smallest", meaning: "smallest segment", default: 10 * MIB, unit: "bytes", least: MIB, most: 1024 * MIB },
    ],
    check: (settings, { threshold }) =>
      settings.isOf("topic", "broker") ? rolls(settings, threshold("shortestRoll"), threshold("smallest")) : undefined,
    examples: [
      { kind: "topic", settings: { "segment.ms": "599999" }, hits: 1 },
      { kind: "topic", settings: { "segment.ms": "600000" }, hits: 0 },
      { kind: "broker", settings: { "log.segment.bytes": "1048576" }, hits: 1 },
      { kind: "broker", settings: { "log.segment.bytes": "10485760" }, hits: 0 },
    ],
  },
];
