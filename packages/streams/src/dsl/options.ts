import type { Windowed } from "../record.ts";
import type { SerdeFor, SerializerFor } from "../serdes/serde.ts";
import type { OffsetReset, StreamPartitioner, TimestampExtractor } from "../topology/parts.ts";

/** The operator's name; without one it has a number. Repartition topics and joins' parts are named after it. */
export interface Named {
  readonly name?: string;
}

/** Options that may be left out when none of them is required. */
export type Rest<O> = Record<never, never> extends O ? [options?: O] : [options: O];

/** A serde for keys: required unless the stream or table knows one. */
export type KeySerde<K, Known extends boolean> = Known extends true ? { readonly key?: SerdeFor<K> } : { readonly key: SerdeFor<K> };

/** A serde for values: required unless the stream or table knows one. */
export type ValueSerde<V, Known extends boolean> = Known extends true ? { readonly value?: SerdeFor<V> } : { readonly value: SerdeFor<V> };

/** Options of a verb that is told no serde for keys: the other overload is. */
export interface NoKeySerde {
  readonly key?: never;
}

/** Options of a verb that is told no serde for values: the other overload is. */
export interface NoValueSerde {
  readonly value?: never;
}

/** How a topic is read. */
export interface ReadOptions<K, V> extends Named {
  readonly key: SerdeFor<K>;
  readonly value: SerdeFor<V>;
  /** The time of a record; without, its own. */
  readonly timestamp?: TimestampExtractor;
  readonly offsetReset?: OffsetReset;
}

/** Stands for the options of a verb that cannot be told serdes, after a table that has none: what the compiler then says is missing names the remedy. */
export interface TableNeedsSerdes {
  readonly [option: string]: unknown;
  readonly "the table has no serde for its values: give one as `value` to the mapValues, transformValues or join before": never;
}

/** Where a table or an aggregate is kept. */
export interface StoreOptions {
  /** Its name, by which it can be queried and its changelog is called; without one it has a number. */
  readonly name?: string;
  /** False: no changelog, so that a lost store is empty. */
  readonly logging?: boolean;
  /** Settings of the changelog topic beside those of its kind. */
  readonly changelogConfig?: Readonly<Record<string, string>>;
  /** On the disk, where the application has one (Java's `Stores.persistent…`); false: in memory. As the topology is built unless told. */
  readonly persistent?: boolean;
  /** Several updates of a key may be given on as one, where the application has a cache. Default true; versioned stores have none. */
  readonly caching?: boolean;
  /** Keeps all versions of a value for so long (KIP-889). */
  readonly historyRetentionMs?: number;
  /** Windows and sessions: for how long they can be read; at least size and grace. */
  readonly retentionMs?: number;
}

/** A store, by its name or with all that can be said of it. */
export interface Stored {
  readonly store?: string | StoreOptions;
}

/** Chooses the partition of a repartition or sink topic. */
export interface Partitioned<K, V> {
  readonly partitioner?: StreamPartitioner<K, V>;
}

/** A grouping: the name is that of its repartition topic. */
export type GroupOptions<K, V, KS extends boolean, VS extends boolean> = Named & KeySerde<K, KS> & ValueSerde<V, VS>;

/** A way through a topic that the user asks for. */
export type RepartitionOptions<K, V, KS extends boolean, VS extends boolean> = GroupOptions<K, V, KS, VS> &
  Partitioned<K, V> & { readonly partitions?: number };

/** How a topic is written: serdes are required unless the stream knows them. Nothing is read back, so serializers are enough. */
export type WriteOptions<K, V, KS extends boolean, VS extends boolean> = Named &
  Partitioned<K, V> &
  (KS extends true ? { readonly key?: SerializerFor<K> } : { readonly key: SerializerFor<K> }) &
  (VS extends true ? { readonly value?: SerializerFor<V> } : { readonly value: SerializerFor<V> });

/** A join of a stream with a table: serdes are those of its repartition topic, and the name is that topic's, too. */
export type StreamTableJoinOptions<K, V, KS extends boolean, VS extends boolean> = GroupOptions<K, V, KS, VS> & {
  /** Of a versioned table: records wait until stream time is so much later, so that late updates of the table still count (KIP-923). Needs serdes for keys and values. */
  readonly graceMs?: number;
};

/**
 * A join of streams: those records of the other stream meet that are from `beforeMs` earlier to `afterMs` later. The serdes are those of its stores and repartition topics; stores and
 * topics are called after `storeName` and `name`.
 */
export type StreamJoinOptions<K, V, V2, KS extends boolean, VS extends boolean, VS2 extends boolean> = GroupOptions<K, V, KS, VS> & {
  readonly beforeMs: number;
  readonly afterMs: number;
  /** How late records may be. */
  readonly graceMs: number;
  readonly storeName?: string;
  /** False: no changelogs. */
  readonly logging?: boolean;
  /** As that of {@link StoreOptions}. */
  readonly persistent?: boolean;
} & (VS2 extends true ? { readonly otherValue?: SerdeFor<V2> } : { readonly otherValue: SerdeFor<V2> });

/**
 * How a table's changes are held back: until their windows close, of which then only the final result comes, or for so long, of which then only the last change comes. Without a bound the
 * buffer takes what comes.
 */
export type SuppressOptions<K = Windowed<unknown>> = Named & {
  readonly maxRecords?: number;
  readonly maxBytes?: number;
  /** `emit` the oldest early, or stop (`shutdown`); final results cannot be emitted early. */
  readonly whenFull?: "emit" | "shutdown";
  readonly logging?: boolean;
} & (K extends Windowed<unknown>
    ? { readonly until: "windowCloses" } | { readonly until: "timeLimit"; readonly limitMs: number }
    : { readonly until: "timeLimit"; readonly limitMs: number });

/** What a processor by hand uses. */
export interface ProcessOptions extends Named {
  /** Names of stores that were added to the builder. */
  readonly stores?: readonly string[];
}

/** How a regrouped table is folded: first what goes is subtracted, then what comes is added. */
export interface TableFoldFunctions<K, V, A> {
  readonly init: () => A;
  readonly add: (aggregate: A, value: V, key: K) => A | null;
  readonly subtract: (aggregate: A, value: V, key: K) => A | null;
}

/** As {@link TableFoldFunctions} where the aggregate is a value itself. */
export interface TableReduceFunctions<V> {
  readonly add: (aggregate: V, value: V) => V | null;
  readonly subtract: (aggregate: V, value: V) => V | null;
}
