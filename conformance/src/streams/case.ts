import type { Statement } from "./case-statement.ts";

/**
 * A topology, inputs, and what Apache Kafka's TopologyTestDriver made of them: all of it data, so that Java and Ottla can be asked the same and the
 * answers compared as bytes. A kept case (`kept/*.json`) carries Java's answer and is replayed without Java.
 */
export interface StreamsCase {
  /** What the case is about, one line. */
  readonly about?: string;
  /** The known difference (`known-differences.ts`) by which Ottla's answer is another one. */
  readonly known?: string;
  /** Of the generator that wrote it. */
  readonly seed?: number;
  readonly config: CaseConfig;
  /** The calls of the DSL in their order, which gives nodes their numbers. */
  readonly topology: readonly Statement[];
  readonly inputs: readonly CaseInput[];
  readonly expected?: CaseAnswer;
  /** Of a case with a known difference: Java's answer where its fault cannot show, which is Ottla's. */
  readonly avoided?: CaseAnswer;
}

/** What differs from: application id "app", stores in memory, no cache, emit intervals 0, wall clock at 0. */
export interface CaseConfig {
  /** Kafka's `topology.optimization`. */
  readonly optimization?: string;
  /** Kafka's `ensure.explicit.internal.resource.naming`. */
  readonly requireNames?: boolean;
  /** Kafka's `statestore.cache.max.bytes`; 0 unless told. */
  readonly cacheMaxBytes?: number;
  /** Stores are on the disk: Java's in RocksDB, ours in lmdb. */
  readonly persistent?: true;
  /**
   * Kafka's `errors.dead.letter.queue.topic.name`, with the handlers that let go what cannot be read or processed. Of dead letters' headers the exception, its message and its stack are each
   * language's own and left out of answers.
   */
  readonly deadLetterTopic?: string;
  /** Java only: what emits on close finds what it has to emit, although the store has just forgotten it (`known-differences.ts`). */
  readonly rememberingStores?: true;
  /** Java only: its handler knows the bytes that a record was made of where the library has forgotten them. */
  readonly rememberingSources?: true;
}

/** A step: a record for a topic, in the topic's serdes, or time that passes. */
export type CaseInput = CaseRecord | { readonly advanceWallClockMs: number };

/** One record. A number stands for a long; `null` for no bytes; `{ hex }` for bytes that need not be right. */
export interface CaseRecord {
  readonly topic: string;
  readonly key: CaseDatum;
  readonly value: CaseDatum;
  /** Epoch ms; above 2^53 as a decimal text. */
  readonly timestamp: number | string;
  readonly headers?: readonly (readonly [name: string, valueHex: string | null])[];
}

export type CaseDatum = string | number | null | { readonly hex: string };

/** A record that was written to any topic: sink, changelog, repartition or subscription. Headers are absent when there are none. */
export type ProducedRecord = readonly [
  topic: string,
  partition: number | null,
  keyHex: string | null,
  valueHex: string | null,
  timestamp: number | string | null,
  headers?: readonly (readonly [name: string, valueHex: string | null])[],
];

/** What a driver made of a case. */
export interface CaseAnswer {
  /** Who answered: `Apache Kafka 4.4.0`. */
  readonly by: string;
  /** The topology's description, as text. Absent when it could not be built. */
  readonly describe?: string;
  /** What each input produced, in the order in which the producer was given it, whatever the topics. */
  readonly steps: readonly (readonly ProducedRecord[])[];
  /** `dropped-records-total` of all tasks at the end. */
  readonly dropped?: number;
  /** What ended the case: at building (`step` -1) or at that step, of which nothing is told. */
  readonly error?: CaseError;
}

export interface CaseError {
  readonly step: number;
  /** Java's class, or Ottla's error code. */
  readonly kind: string;
  readonly message: string;
}
