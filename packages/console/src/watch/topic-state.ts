import type { TopicDescription } from "@ottla/client";
import { Throughput } from "./throughput.ts";

/** What is known of a partition's log; undefined what nobody told (yet). */
export interface PartitionPlace {
  readonly startOffset: number | undefined;
  readonly endOffset: number | undefined;
  /** Of the largest replica. */
  readonly bytes: number | undefined;
}

const UNKNOWN_PLACE: PartitionPlace = { startOffset: undefined, endOffset: undefined, bytes: undefined };

/** Settings that lists show. */
export interface TopicSettings {
  readonly cleanupPolicy: string | undefined;
  readonly retentionMs: number | undefined;
  readonly retentionBytes: number | undefined;
  readonly minInsyncReplicas: number | undefined;
}

/** All that the watch knows of a topic. The watch alone changes it. */
export class TopicState {
  #description: TopicDescription;
  #settings: TopicSettings | undefined;
  readonly #rate = new Throughput();
  #places: PartitionPlace[] = [];
  /** As it was made when it was last asked for; undefined since something in it changed. */
  #row: TopicRow | undefined;

  constructor(description: TopicDescription) {
    this.#description = description;
  }

  get description(): TopicDescription {
    return this.#description;
  }

  /** Records a second over the last looks; undefined until it was looked at twice. */
  get perS(): number | undefined {
    return this.#rate.perS;
  }

  describe(description: TopicDescription): void {
    if (description === this.#description) return;
    this.#description = description;
    this.#row = undefined;
  }

  set(settings: TopicSettings): void {
    this.#settings = settings;
    this.#row = undefined;
  }

  /** All of its partitions end at so much together. */
  readEnds(total: number, monotonicMs: number, nowMs: number): void {
    const before = this.perS;
    this.#rate.read(total, monotonicMs, nowMs);
    if (this.perS !== before) this.#row = undefined;
  }

  place(partition: number): PartitionPlace {
    return this.#places[partition] ?? UNKNOWN_PLACE;
  }

  setPlace(partition: number, change: Partial<PartitionPlace>): void {
    const known = this.place(partition);
    const next = { ...known, ...change };
    if (next.startOffset === known.startOffset && next.endOffset === known.endOffset && next.bytes === known.bytes) return;
    this.#places[partition] = next;
    this.#row = undefined;
  }

  /** The row of a list: the same one until something in it changes. */
  row(): TopicRow {
    this.#row ??= this.#makeRow();
    return this.#row;
  }

  #makeRow(): TopicRow {
    const { name, internal, partitions } = this.#description;
    let [records, bytes, largest]: (number | undefined)[] = [undefined, undefined, undefined];
    let [underReplicated, offline] = [0, 0];
    for (const { partition, leader, isr, replicas } of partitions) {
      const { startOffset, endOffset, bytes: own } = this.place(partition);
      if (startOffset !== undefined && endOffset !== undefined) records = (records ?? 0) + endOffset - startOffset;
      if (own !== undefined) [bytes, largest] = [(bytes ?? 0) + own, Math.max(largest ?? 0, own)];
      if (isr.length < replicas.length) underReplicated++;
      if (leader === undefined) offline++;
    }
    return {
      name,
      internal,
      partitions: partitions.length,
      replicationFactor: partitions[0]?.replicas.length ?? 0,
      records,
      bytes,
      inPerS: this.perS,
      skew: bytes === undefined || largest === undefined || bytes === 0 ? undefined : (largest * partitions.length) / bytes,
      underReplicated,
      offline,
      cleanupPolicy: this.#settings?.cleanupPolicy,
      retentionMs: this.#settings?.retentionMs,
    };
  }
}

/** A topic as lists show it. What is not known is absent. */
export interface TopicRow {
  readonly name: string;
  readonly internal: boolean;
  readonly partitions: number;
  readonly replicationFactor: number;
  /** Offsets between start and end: with compaction and transactions fewer records are there. */
  readonly records: number | undefined;
  /** Of the largest replica of each partition, summed. */
  readonly bytes: number | undefined;
  readonly inPerS: number | undefined;
  /** How many times the mean the largest partition has; 1 is even. */
  readonly skew: number | undefined;
  readonly underReplicated: number;
  readonly offline: number;
  readonly cleanupPolicy: string | undefined;
  /** −1: for ever. */
  readonly retentionMs: number | undefined;
}
