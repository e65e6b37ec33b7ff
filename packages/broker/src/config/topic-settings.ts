import type { ConfigValue } from "@ottla/base";
import type { LogConfig } from "@ottla/log";
import type { CodecName } from "@ottla/protocol/records";
import type { MetadataRecord } from "../metadata/metadata-records.ts";
import type { EffectiveConfig } from "./effective-config.ts";
import { subjectNamings } from "./keys/schema-configs.ts";
import type { SchemaDemand, SubjectNaming, TopicLimits } from "./topic-limits.ts";

const codecs: Readonly<Record<string, CodecName>> = { uncompressed: "none", gzip: "gzip", snappy: "snappy", lz4: "lz4", zstd: "zstd" };

/** Topics' settings, typed and ready for the hot path. Derived from the configuration and forgotten when that changes. */
export class TopicSettings {
  readonly #config: EffectiveConfig;
  readonly #limits = new Map<string, TopicLimits>();
  readonly #logConfigs = new Map<string, LogConfig>();

  constructor(config: EffectiveConfig) {
    this.#config = config;
  }

  limits(topic: string): TopicLimits {
    const known = this.#limits.get(topic);
    if (known) return known;
    const limits = topicLimitsOf(this.#config, topic);
    this.#limits.set(topic, limits);
    return limits;
  }

  /** One object for all partitions of a topic. */
  logConfig(topic: string): LogConfig {
    const known = this.#logConfigs.get(topic);
    if (known) return known;
    const config = logConfigOf(this.#config, topic);
    this.#logConfigs.set(topic, config);
    return config;
  }

  /** Follows one change of metadata. */
  follow(record: MetadataRecord): void {
    if (record.kind === "topic") this.#forget(record.name);
    else if (record.kind === "configs") this.#forget(record.resource === "topic" ? record.name : undefined);
  }

  #forget(topic: string | undefined): void {
    if (topic === undefined) {
      this.#limits.clear();
      this.#logConfigs.clear();
    } else {
      this.#limits.delete(topic);
      this.#logConfigs.delete(topic);
    }
  }
}

/** A topic's settings as its logs follow them. */
export function logConfigOf(config: EffectiveConfig, topic: string): LogConfig {
  const number = numbersOf(config, topic);
  const policy = list(config.topic(topic, "cleanup.policy").value);
  return {
    segmentBytes: config.topic(topic, "internal.segment.bytes").value === null ? number("segment.bytes") : number("internal.segment.bytes"),
    segmentMs: number("segment.ms"),
    segmentJitterMs: number("segment.jitter.ms"),
    segmentIndexBytes: number("segment.index.bytes"),
    indexIntervalBytes: number("index.interval.bytes"),
    retentionMs: number("retention.ms"),
    retentionBytes: number("retention.bytes"),
    deletes: policy.includes("delete"),
    compacts: policy.includes("compact"),
    minCleanableDirtyRatio: number("min.cleanable.dirty.ratio"),
    minCompactionLagMs: number("min.compaction.lag.ms"),
    maxCompactionLagMs: number("max.compaction.lag.ms"),
    deleteRetentionMs: number("delete.retention.ms"),
    fileDeleteDelayMs: number("file.delete.delay.ms"),
    flushMessages: number("flush.messages"),
    flushMs: number("flush.ms"),
    messageTimestampType: config.topic(topic, "message.timestamp.type").value === "LogAppendTime" ? "LogAppendTime" : "CreateTime",
    producerIdExpirationMs: config.number("producer.id.expiration.ms"),
    verifiesTransactions: config.boolean("transaction.partition.verification.enable"),
  };
}

/** A topic's settings as the produce path needs them. */
export function topicLimitsOf(config: EffectiveConfig, topic: string): TopicLimits {
  const number = numbersOf(config, topic);
  return {
    maxMessageBytes: number("max.message.bytes"),
    maxUnpackedRecordBytes: number("max.decompressed.message.bytes"),
    isCompacted: list(config.topic(topic, "cleanup.policy").value).includes("compact"),
    usesLogAppendTime: config.topic(topic, "message.timestamp.type").value === "LogAppendTime",
    timestampBeforeMaxMs: number("message.timestamp.before.max.ms"),
    timestampAfterMaxMs: number("message.timestamp.after.max.ms"),
    minInsyncReplicas: number("min.insync.replicas"),
    // "producer" is no codec: it keeps what came.
    codec: codecs[String(config.topic(topic, "compression.type").value)],
    schemas: schemaDemandOf(config, topic),
  };
}

function schemaDemandOf(config: EffectiveConfig, topic: string): SchemaDemand | undefined {
  const naming = (isOn: string, strategy: string): SubjectNaming | undefined =>
    config.topic(topic, isOn).value === true ? subjectNamings.get(String(config.topic(topic, strategy).value)) : undefined;
  const key = naming("confluent.key.schema.validation", "confluent.key.subject.name.strategy");
  const value = naming("confluent.value.schema.validation", "confluent.value.subject.name.strategy");
  return key === undefined && value === undefined ? undefined : { key, value };
}

function numbersOf(config: EffectiveConfig, topic: string): (name: string) => number {
  return (name) => Number(config.topic(topic, name).value);
}

function list(value: ConfigValue): readonly string[] {
  return Array.isArray(value) ? value : [];
}
