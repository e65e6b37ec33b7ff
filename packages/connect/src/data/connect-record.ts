import type { ConnectSchema } from "./schema.ts";

/** A header of a record, with the schema that its converter found. */
export interface ConnectHeader {
  readonly key: string;
  readonly schema?: ConnectSchema | undefined;
  readonly value: unknown;
}

/** A record in the middle of a pipeline: what converters, transforms and predicates are given. A transform returns another one, never changes one. */
export interface ConnectRecord {
  readonly topic: string;
  /** Undefined: by the key. */
  readonly partition?: number | undefined;
  readonly keySchema?: ConnectSchema | undefined;
  readonly key: unknown;
  readonly valueSchema?: ConnectSchema | undefined;
  readonly value: unknown;
  readonly headers: readonly ConnectHeader[];
  /** Milliseconds since 1970; undefined: when it is written. */
  readonly timestampMs?: number | undefined;
}

/** A place in a source as its plugin has it: JSON's values, bigint where whole numbers are large. The order of names matters, since compaction compares bytes. */
export type SourcePlace = Readonly<Record<string, unknown>>;

/** What a source brings. */
export interface SourceRecord extends ConnectRecord {
  /** Of what it is (a table, a file). */
  readonly sourcePartition: SourcePlace;
  /** Where reading goes on behind it. */
  readonly sourceOffset: SourcePlace;
}

/** What a sink gets. */
export interface SinkRecord extends ConnectRecord {
  readonly partition: number;
  readonly offset: bigint;
  readonly timestampType: "createTime" | "logAppendTime" | "none";
  /** As they were before transforms: what is committed and what errors name. */
  readonly originalTopic: string;
  readonly originalPartition: number;
  readonly originalOffset: bigint;
}
