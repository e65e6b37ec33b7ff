import type { CodecName } from "@ottla/protocol/records";

/** What the produce path needs of a topic's configuration, typed and ready. */
export interface TopicLimits {
  readonly maxMessageBytes: number;
  /** Of one record in a compressed batch, once it is unpacked. */
  readonly maxUnpackedRecordBytes: number;
  readonly isCompacted: boolean;
  readonly usesLogAppendTime: boolean;
  /** `Infinity` where there is no limit. */
  readonly timestampBeforeMaxMs: number;
  readonly timestampAfterMaxMs: number;
  readonly minInsyncReplicas: number;
  /** The codec to store batches in; undefined keeps what the producer chose. */
  readonly codec: CodecName | undefined;
  /** Which parts of records must carry a registered schema; undefined where none must. */
  readonly schemas: SchemaDemand | undefined;
}

/** How the subject of a schema is named: by the topic, by the record in the schema, or by both. */
export type SubjectNaming = "topic" | "record" | "topic-record";

/** Of key and value, those that must carry a registered schema, and where it must be registered. */
export interface SchemaDemand {
  readonly key: SubjectNaming | undefined;
  readonly value: SubjectNaming | undefined;
}

/** How many replicas must be in sync for `acks=all`: as in Kafka, no more than there are. */
export function neededInSync({ minInsyncReplicas }: Pick<TopicLimits, "minInsyncReplicas">, replicaCount: number): number {
  return Math.min(minInsyncReplicas, replicaCount);
}
