import type { FixedKeyProcessorSupplier, ProcessorSupplier, ValueTransformerSupplier } from "../processor/processor.ts";
import type { AsyncCall, AsyncOptions } from "../processors/async/call-options.ts";
import type { EmitStrategy, SessionWindows, SlidingWindows, TimeWindows, UnlimitedWindows } from "../processors/windows/windows.ts";
import type { Windowed } from "../record.ts";
import type { SerdeFor } from "../serdes/serde.ts";
import type { StreamPartitioner, TopicNameExtractor } from "../topology/parts.ts";
import type {
  GroupOptions,
  KeySerde,
  Named,
  NoKeySerde,
  NoValueSerde,
  ProcessOptions,
  RepartitionOptions,
  Rest,
  Stored,
  StreamJoinOptions,
  StreamTableJoinOptions,
  SuppressOptions,
  TableNeedsSerdes,
  TableFoldFunctions,
  TableReduceFunctions,
  ValueSerde,
  WriteOptions,
} from "./options.ts";

/**
 * A stream of records. `KS` and `VS` tell whether a serde for keys and values is known: where bytes are needed and it is not, the call without one does not compile.
 *
 * Functions are given the value first, then the key. A null value or key of the topic reaches them as it does in Java: say so in the serde's type where it may occur.
 */
export interface KStream<K, V, KS extends boolean = true, VS extends boolean = true> {
  /** Only there for the types. */
  readonly entry?: { readonly key: K; readonly value: V };
  /** Keeps what the predicate accepts. */
  filter<W extends V>(predicate: (value: V, key: K) => value is W, options?: Named): KStream<K, W, KS, VS>;
  filter(predicate: (value: V, key: K) => boolean, options?: Named): KStream<K, V, KS, VS>;
  /** Drops what the predicate accepts. */
  filterNot(predicate: (value: V, key: K) => boolean, options?: Named): KStream<K, V, KS, VS>;
  /** A new key, and so a repartition before the next grouping or join. */
  selectKey<K2>(mapper: (value: V, key: K) => K2, options?: Named & NoKeySerde): KStream<K2, V, false, VS>;
  selectKey<K2>(mapper: (value: V, key: K) => K2, options: Named & { readonly key: SerdeFor<K2> }): KStream<K2, V, true, VS>;
  /** A new key and value, and so a repartition before the next grouping or join. */
  map<K2, V2>(mapper: (value: V, key: K) => readonly [K2, V2], options?: Named & NoKeySerde & NoValueSerde): KStream<K2, V2, false, false>;
  map<K2, V2>(
    mapper: (value: V, key: K) => readonly [K2, V2],
    options: Named & { readonly key: SerdeFor<K2>; readonly value: SerdeFor<V2> },
  ): KStream<K2, V2>;
  mapValues<V2>(mapper: (value: V, key: K) => V2, options?: Named & NoValueSerde): KStream<K, V2, KS, false>;
  mapValues<V2>(mapper: (value: V, key: K) => V2, options: Named & { readonly value: SerdeFor<V2> }): KStream<K, V2, KS>;
  /**
   * What a call outside of the topology promises for each record, as its new value; key, time and headers stay. Some calls are open at a time; results come in the order of their key's
   * records unless told. A null value is given to the function as any other. Objects as keys are told apart by their serde's bytes. At least once: after a crash calls are made again.
   */
  mapAsync<V2>(
    fn: (value: V, key: K, call: AsyncCall) => PromiseLike<V2>,
    options?: Named & AsyncOptions & NoValueSerde,
  ): KStream<K, V2, KS, false>;
  mapAsync<V2>(
    fn: (value: V, key: K, call: AsyncCall) => PromiseLike<V2>,
    options: Named & AsyncOptions & { readonly value: SerdeFor<V2> },
  ): KStream<K, V2, KS>;
  /** As `mapAsync`, and the new value is what the joiner makes of the record's value and the call's result. */
  enrichAsync<E, R>(
    fn: (value: V, key: K, call: AsyncCall) => PromiseLike<E>,
    joiner: (value: V, result: E, key: K) => R,
    options?: Named & AsyncOptions & NoValueSerde,
  ): KStream<K, R, KS, false>;
  enrichAsync<E, R>(
    fn: (value: V, key: K, call: AsyncCall) => PromiseLike<E>,
    joiner: (value: V, result: E, key: K) => R,
    options: Named & AsyncOptions & { readonly value: SerdeFor<R> },
  ): KStream<K, R, KS>;
  /** Any number of records for each, and so a repartition before the next grouping or join. */
  flatMap<K2, V2>(
    mapper: (value: V, key: K) => Iterable<readonly [K2, V2]>,
    options?: Named & NoKeySerde & NoValueSerde,
  ): KStream<K2, V2, false, false>;
  flatMap<K2, V2>(
    mapper: (value: V, key: K) => Iterable<readonly [K2, V2]>,
    options: Named & { readonly key: SerdeFor<K2>; readonly value: SerdeFor<V2> },
  ): KStream<K2, V2>;
  flatMapValues<V2>(mapper: (value: V, key: K) => Iterable<V2>, options?: Named & NoValueSerde): KStream<K, V2, KS, false>;
  flatMapValues<V2>(mapper: (value: V, key: K) => Iterable<V2>, options: Named & { readonly value: SerdeFor<V2> }): KStream<K, V2, KS>;
  /** Looks at each record as it passes. */
  peek(action: (value: V, key: K) => void, options?: Named): KStream<K, V, KS, VS>;
  /** Ends the stream. */
  forEach(action: (value: V, key: K) => void, options?: Named): void;
  /** Records of both, in the order of arrival. */
  merge<KS2 extends boolean, VS2 extends boolean>(
    other: KStream<K, V, KS2, VS2>,
    options?: Named,
  ): KStream<K, V, KS extends true ? KS2 : false, VS extends true ? VS2 : false>;
  /**
   * Each record into the first branch whose predicate accepts it, in the order in which they are written; into the `default` one, if there is one, when none does. The nodes are called
   * `<name or number><branch>`, as in Java. Names that are whole numbers have to come as pairs (`STREAMS_BAD_ARGUMENT`): objects put such keys first.
   */
  split<B extends string, D extends string = never>(
    branches: readonly (readonly [name: B, predicate: (value: V, key: K) => boolean])[],
    options?: Named & { readonly default?: D },
  ): { readonly [P in B | D]: KStream<K, V, KS, VS> };
  split<B extends string, D extends string = never>(
    branches: { readonly [P in B]: (value: V, key: K) => boolean },
    options?: Named & { readonly default?: D },
  ): { readonly [P in B | D]: KStream<K, V, KS, VS> };
  /** Through a topic of the application's own. */
  repartition(...options: Rest<RepartitionOptions<K, V, KS, VS>>): KStream<K, V>;
  /** Writes a topic, the same for all records or chosen for each. */
  to(topic: string | TopicNameExtractor<K, V>, ...options: Rest<WriteOptions<K, V, KS, VS>>): void;
  /** The last value of each key. */
  toTable(...options: Rest<Named & Stored & KeySerde<K, KS> & ValueSerde<V, VS>>): KTable<K, V>;
  groupByKey(...options: Rest<GroupOptions<K, V, KS, VS>>): GroupedStream<K, V>;
  /** Groups by a new key, through a repartition topic. */
  groupBy<K2>(mapper: (value: V, key: K) => K2, options: Named & { readonly key: SerdeFor<K2> } & ValueSerde<V, VS>): GroupedStream<K2, V>;
  /**
   * Each record with what the table has of its key at that moment; none without a partner (`leftJoin`: with null). The result's time is the record's. Null values are dropped, and null keys
   * too, unless it is a left join.
   */
  join<V2, R>(
    table: KTable<K, V2, boolean, boolean>,
    joiner: (value: V, other: V2, key: K) => R,
    ...options: Rest<StreamTableJoinOptions<K, V, KS, VS>>
  ): KStream<K, R, true, false>;
  leftJoin<V2, R>(
    table: KTable<K, V2, boolean, boolean>,
    joiner: (value: V, other: V2 | null, key: K) => R,
    ...options: Rest<StreamTableJoinOptions<K, V, KS, VS>>
  ): KStream<K, R, true, false>;
  /**
   * Each pair of records of both streams with one key whose times are within the window. The result's time is the later one. Left: also records of this stream without a partner, when the
   * window is over; outer: those of both.
   */
  join<V2, R, KS2 extends boolean, VS2 extends boolean>(
    other: KStream<K, V2, KS2, VS2>,
    joiner: (value: V, other: V2, key: K) => R,
    options: StreamJoinOptions<K, V, V2, KS, VS, VS2>,
  ): KStream<K, R, true, false>;
  leftJoin<V2, R, KS2 extends boolean, VS2 extends boolean>(
    other: KStream<K, V2, KS2, VS2>,
    joiner: (value: V, other: V2 | null, key: K) => R,
    options: StreamJoinOptions<K, V, V2, KS, VS, VS2>,
  ): KStream<K, R, true, false>;
  outerJoin<V2, R, KS2 extends boolean, VS2 extends boolean>(
    other: KStream<K, V2, KS2, VS2>,
    joiner: (value: V | null, other: V2 | null, key: K) => R,
    options: StreamJoinOptions<K, V, V2, KS, VS, VS2>,
  ): KStream<K, R, true, false>;
  /** Each record with the entry of a global table whose key the mapper gives. */
  joinGlobal<K2, V2, R>(
    table: GlobalKTable<K2, V2>,
    keyMapper: (value: V, key: K) => K2,
    joiner: (value: V, other: V2, keys: JoinedKeys<K, K2>) => R,
    options?: Named,
  ): KStream<K, R, KS, false>;
  leftJoinGlobal<K2, V2, R>(
    table: GlobalKTable<K2, V2>,
    keyMapper: (value: V, key: K) => K2,
    joiner: (value: V, other: V2 | null, keys: JoinedKeys<K, K2>) => R,
    options?: Named,
  ): KStream<K, R, KS, false>;
  /** A processor by hand. Its result may have other keys. */
  process<K2, V2>(supplier: ProcessorSupplier<K, V, K2, V2>, options?: ProcessOptions): KStream<K2, V2, false, false>;
  /** A processor by hand that keeps the key. */
  processValues<V2>(supplier: FixedKeyProcessorSupplier<K, V, V2>, options?: ProcessOptions & NoValueSerde): KStream<K, V2, KS, false>;
  processValues<V2>(
    supplier: FixedKeyProcessorSupplier<K, V, V2>,
    options: ProcessOptions & { readonly value: SerdeFor<V2> },
  ): KStream<K, V2, KS>;
}

/** A stream whose records are grouped by key. */
export interface GroupedStream<K, V> {
  /** Only there for the types. */
  readonly entry?: { readonly key: K; readonly value: V };
  /** How many records of a key there were. Null keys and values are not counted. */
  count(options?: Named & Stored): KTable<K, number>;
  /** The first value, then what the reducer makes of the last result and the next value. A null result deletes. */
  reduce(reducer: (aggregate: V, value: V) => V | null, options?: Named & Stored): KTable<K, V>;
  /** What the aggregator makes of the last result, or the initial one, and the next value. A null result deletes. */
  aggregate<A>(
    init: () => A,
    aggregator: (aggregate: A, value: V, key: K) => A | null,
    options: Named & Stored & { readonly value: SerdeFor<A> },
  ): KTable<K, A>;
  windowedBy(windows: TimeWindows | SlidingWindows | UnlimitedWindows): WindowedStream<K, V>;
  windowedBy(windows: SessionWindows): SessionWindowedStream<K, V>;
  /** Begins a table that several grouped streams are folded into. */
  cogroup<A>(aggregator: (aggregate: A, value: V, key: K) => A | null): Cogrouped<K, A>;
}

/** How the topics of this table and of the other one are partitioned, where it is not by their keys' bytes: the join's own topics have to be partitioned like them. Values are not known then. */
interface ForeignJoinPartitioners<K, K2> {
  readonly partitioner?: StreamPartitioner<K, null>;
  readonly otherPartitioner?: StreamPartitioner<K2, null>;
}

/** Options of a foreign-key join, of tables that have serdes. */
type ForeignJoinRest<R, K, K2, KS extends boolean, VS extends boolean> = KS extends true
  ? VS extends true
    ? [options: Named & Stored & { readonly value: SerdeFor<R> } & ForeignJoinPartitioners<K, K2>]
    : [options: TableNeedsSerdes]
  : [options: TableNeedsSerdes];

/** A grouped stream within time or sliding windows. */
export interface WindowedStream<K, V> {
  /** Results with each record (`onUpdate`, unless told), or once when a window is over (`onClose`). */
  emit(strategy: EmitStrategy): WindowedStream<K, V>;
  count(options?: Named & Stored): KTable<Windowed<K>, number>;
  reduce(reducer: (aggregate: V, value: V) => V | null, options?: Named & Stored): KTable<Windowed<K>, V>;
  aggregate<A>(
    init: () => A,
    aggregator: (aggregate: A, value: V, key: K) => A | null,
    options: Named & Stored & { readonly value: SerdeFor<A> },
  ): KTable<Windowed<K>, A>;
}

/** A grouped stream within sessions. The merger puts two sessions together that a record connects. */
export interface SessionWindowedStream<K, V> {
  emit(strategy: EmitStrategy): SessionWindowedStream<K, V>;
  count(options?: Named & Stored): KTable<Windowed<K>, number>;
  reduce(reducer: (aggregate: V, value: V) => V | null, options?: Named & Stored): KTable<Windowed<K>, V>;
  aggregate<A>(
    init: () => A,
    aggregator: (aggregate: A, value: V, key: K) => A | null,
    merger: (a: A, b: A, key: K) => A,
    options: Named & Stored & { readonly value: SerdeFor<A> },
  ): KTable<Windowed<K>, A>;
}

/** Grouped streams of the same keys that are folded into one table. */
export interface Cogrouped<K, A> {
  /** One stream more, with an aggregator of its own. */
  and<V>(group: GroupedStream<K, V>, aggregator: (aggregate: A, value: V, key: K) => A | null): Cogrouped<K, A>;
  aggregate(init: () => A, options: Named & Stored & { readonly value: SerdeFor<A> }): KTable<K, A>;
  windowedBy(windows: TimeWindows | SlidingWindows | UnlimitedWindows): {
    aggregate(init: () => A, options: Named & Stored & { readonly value: SerdeFor<A> }): KTable<Windowed<K>, A>;
  };
  windowedBy(windows: SessionWindows): {
    aggregate(
      init: () => A,
      merger: (a: A, b: A, key: K) => A,
      options: Named & Stored & { readonly value: SerdeFor<A> },
    ): KTable<Windowed<K>, A>;
  };
}

/** The last value of each key, and how it changes. */
export interface KTable<K, V, KS extends boolean = true, VS extends boolean = true> {
  /** Only there for the types. */
  readonly entry?: { readonly key: K; readonly value: V };
  /** What its store is called by which it can be queried; undefined when there is none with a name. */
  readonly queryableStoreName: string | undefined;
  /** Keeps the entries that the predicate accepts. With a named store the result is kept. */
  filter(predicate: (value: V, key: K) => boolean, options?: Named & Stored): KTable<K, V, KS, VS>;
  filterNot(predicate: (value: V, key: K) => boolean, options?: Named & Stored): KTable<K, V, KS, VS>;
  mapValues<V2>(mapper: (value: V, key: K) => V2, options?: Named & NoValueSerde): KTable<K, V2, KS, false>;
  mapValues<V2>(mapper: (value: V, key: K) => V2, options: Named & Stored & { readonly value: SerdeFor<V2> }): KTable<K, V2, KS>;
  /** As `mapValues` by an object with stores (`options.stores` names them), which is told deletions, too. */
  transformValues<V2>(supplier: ValueTransformerSupplier<K, V, V2>, options?: ProcessOptions & NoValueSerde): KTable<K, V2, KS, false>;
  transformValues<V2>(
    supplier: ValueTransformerSupplier<K, V, V2>,
    options: ProcessOptions & Stored & { readonly value: SerdeFor<V2> },
  ): KTable<K, V2, KS>;
  /**
   * Each entry with that of another table whose key its value names; null names none. Both tables have serdes. Left: also entries without a partner. KIP-213.
   */
  joinOn<K2, V2, R>(
    other: KTable<K2, V2>,
    foreignKeyOf: (value: V, key: K) => K2 | null,
    joiner: (value: V, other: V2, key: K) => R,
    ...options: ForeignJoinRest<R, K, K2, KS, VS>
  ): KTable<K, R>;
  leftJoinOn<K2, V2, R>(
    other: KTable<K2, V2>,
    foreignKeyOf: (value: V, key: K) => K2 | null,
    joiner: (value: V, other: V2 | null, key: K) => R,
    ...options: ForeignJoinRest<R, K, K2, KS, VS>
  ): KTable<K, R>;
  /** Holds changes back, so that fewer come. */
  suppress(options: KS extends true ? (VS extends true ? SuppressOptions<K> : TableNeedsSerdes) : TableNeedsSerdes): KTable<K, V, KS, VS>;
  /** The changes as records; deletions have null values. */
  toStream(options?: Named): KStream<K, V, KS, VS>;
  /** The changes under a new key. */
  toStream<K2>(mapper: (value: V, key: K) => K2, options?: Named & NoKeySerde): KStream<K2, V, false, VS>;
  toStream<K2>(mapper: (value: V, key: K) => K2, options: Named & { readonly key: SerdeFor<K2> }): KStream<K2, V, true, VS>;
  /** Entries of both tables of the same key. Null results are deletions. The result's time is the later one. */
  join<V2, R>(
    other: KTable<K, V2, boolean, boolean>,
    joiner: (value: V, other: V2, key: K) => R,
    options?: Named & NoValueSerde,
  ): KTable<K, R, KS, false>;
  join<V2, R>(
    other: KTable<K, V2, boolean, boolean>,
    joiner: (value: V, other: V2, key: K) => R,
    options: Named & Stored & { readonly value: SerdeFor<R> },
  ): KTable<K, R, KS>;
  /** Also those of this table that have no partner. */
  leftJoin<V2, R>(
    other: KTable<K, V2, boolean, boolean>,
    joiner: (value: V, other: V2 | null, key: K) => R,
    options?: Named & NoValueSerde,
  ): KTable<K, R, KS, false>;
  leftJoin<V2, R>(
    other: KTable<K, V2, boolean, boolean>,
    joiner: (value: V, other: V2 | null, key: K) => R,
    options: Named & Stored & { readonly value: SerdeFor<R> },
  ): KTable<K, R, KS>;
  /** Also those of either table that have no partner. */
  outerJoin<V2, R>(
    other: KTable<K, V2, boolean, boolean>,
    joiner: (value: V | null, other: V2 | null, key: K) => R,
    options?: Named & NoValueSerde,
  ): KTable<K, R, KS, false>;
  outerJoin<V2, R>(
    other: KTable<K, V2, boolean, boolean>,
    joiner: (value: V | null, other: V2 | null, key: K) => R,
    options: Named & Stored & { readonly value: SerdeFor<R> },
  ): KTable<K, R, KS>;
  /** Groups by a new key and value, through a repartition topic. */
  groupBy<K2, V2>(
    selector: (value: V, key: K) => readonly [K2, V2],
    options: Named & { readonly key: SerdeFor<K2>; readonly value: SerdeFor<V2> },
  ): GroupedTable<K2, V2>;
}

/** The key of a record that was joined with a global table, and the one by which the table was asked. */
export interface JoinedKeys<K, K2> {
  readonly key: K;
  readonly mappedKey: K2 | null;
}

/** A table whose entries are grouped by another key. */
export interface GroupedTable<K, V> {
  /** Only there for the types. */
  readonly entry?: { readonly key: K; readonly value: V };
  count(options?: Named & Stored): KTable<K, number>;
  reduce(functions: TableReduceFunctions<V>, options?: Named & Stored): KTable<K, V>;
  aggregate<A>(functions: TableFoldFunctions<K, V, A>, options: Named & Stored & { readonly value: SerdeFor<A> }): KTable<K, A>;
}

/** A table that each instance has whole. Records are joined with it by any key. */
export interface GlobalKTable<K, V> {
  readonly queryableStoreName: string;
  /** Only there for the types. */
  readonly entry?: { readonly key: K; readonly value: V };
}
