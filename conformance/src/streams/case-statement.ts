import type * as functions from "./case-functions.ts";

/**
 * How keys or values are written: Kafka's own serdes. The windowed ones write `inner`'s bytes and the window; `windowed:N` is a time window of N ms.
 */
export type SerdeName = "string" | "long" | "sessionWindowed" | `windowed:${number}`;

/** A named or unnamed store in memory. `key` and `value` are given where Java has to be told them. */
export interface StoreSpec {
  readonly name?: string;
  readonly key?: SerdeName;
  readonly value?: SerdeName;
  /** No changelog. */
  readonly logging?: false;
  readonly retentionMs?: number;
  /** False: every change goes on, also where the application has a cache. */
  readonly caching?: boolean;
  /** A versioned store that keeps so much history. Needs a name. */
  readonly historyRetentionMs?: number;
  /** Keeps so many keys, those used last. Of a processor's store. */
  readonly entriesMax?: number;
}

/** Windows of a grouped stream. */
export type WindowSpec =
  | { readonly kind: "time"; readonly sizeMs: number; readonly advanceMs?: number; readonly graceMs: number }
  | { readonly kind: "unlimited"; readonly startMs: number; readonly graceMs: 0 }
  | { readonly kind: "sliding"; readonly differenceMs: number; readonly graceMs: number }
  | { readonly kind: "session"; readonly gapMs: number; readonly graceMs: number };

/** What every statement has: the id by which later ones refer to its result, and the name that the user gave the operator. */
interface Made {
  readonly id: string;
  readonly name?: string;
}

interface Step extends Made {
  /** The id of the statement whose result this one goes on from. */
  readonly from: string;
}

interface Serdes {
  readonly key: SerdeName;
  readonly value: SerdeName;
}

interface Stored {
  readonly store?: StoreSpec;
}

/** A stream, table or global table of topics. */
export type SourceStatement =
  /** With a pattern: of all topics whose name it fits; the inputs use `topics`. */
  | (Made & Serdes & { readonly op: "stream"; readonly topics: readonly string[]; readonly pattern?: string })
  | (Made & Serdes & Stored & { readonly op: "table" | "globalTable"; readonly topic: string })
  /** A global store of strings and longs, filled by the processor `keepNumber`. */
  | (Made & Serdes & { readonly op: "globalStore"; readonly topic: string; readonly store: StoreSpec });

/** Operators without memory. `store` is for tables only, where it makes the result a materialised one. */
export type StatelessStatement =
  | (Step & Stored & { readonly op: "filter" | "filterNot"; readonly test: functions.PredicateName })
  /** `result` is how the new values are written: Ottla wants it where a store follows, Java has no place for it. */
  | (Step & Stored & { readonly op: "mapValues"; readonly value: functions.ValueFunctionName; readonly result?: SerdeName })
  /** Of tables. */
  | (Step & Stored & { readonly op: "transformValues"; readonly value: functions.ValueFunctionName; readonly result?: SerdeName })
  | (Step & { readonly op: "map"; readonly key: functions.KeyFunctionName; readonly value: functions.ValueFunctionName })
  | (Step & { readonly op: "selectKey"; readonly key: functions.KeyFunctionName })
  | (Step & { readonly op: "flatMap"; readonly flat: functions.FlatFunctionName })
  | (Step & { readonly op: "flatMapValues"; readonly flat: functions.FlatValueFunctionName })
  | (Step & { readonly op: "peek" | "foreach" })
  | (Step & {
      readonly op: "split";
      readonly branches: readonly BranchSpec[];
      readonly default?: { readonly id: string; readonly name?: string };
    })
  | (Step & { readonly op: "merge"; readonly with: string })
  | (Step & Serdes & { readonly op: "repartition"; readonly partitions?: number })
  | (Step & Serdes & { readonly op: "to"; readonly topic: string })
  | (Step & { readonly op: "toStream"; readonly key?: functions.KeyFunctionName })
  | (Step & Serdes & Stored & { readonly op: "toTable" });

/** One branch of a split; the first whose test holds takes the record. */
export interface BranchSpec {
  readonly id: string;
  readonly test: functions.PredicateName;
  readonly name?: string;
}

/** Groups, windows and what is folded from them. */
export type GroupStatement =
  | (Step & Serdes & { readonly op: "groupByKey" })
  /** Of a stream: a new key. Of a table: a new key, and a new value by `mapValue` (default `same`). */
  | (Step & Serdes & { readonly op: "groupBy"; readonly map: functions.KeyFunctionName; readonly mapValue?: functions.ValueFunctionName })
  | (Step & { readonly op: "windowedBy"; readonly window: WindowSpec; readonly emit?: "onUpdate" | "onClose" })
  | (Step & Stored & { readonly op: "count" })
  /** `subtract` is for grouped tables. */
  | (Step & Stored & { readonly op: "reduce"; readonly add: functions.ReducerName; readonly subtract?: functions.ReducerName })
  | (Step &
      Stored & {
        readonly op: "aggregate";
        readonly init: functions.InitializerName;
        /** Absent after `cogroup`. */
        readonly add?: functions.AggregatorName;
        readonly subtract?: functions.AggregatorName;
        /** For session windows. */
        readonly merge?: functions.MergerName;
      })
  | (Step & { readonly op: "cogroup"; readonly add: functions.AggregatorName })
  /** Adds the grouped stream `with` to the cogrouped stream `from`. */
  | (Step & { readonly op: "andCogroup"; readonly with: string; readonly add: functions.AggregatorName })
  | (Step & {
      readonly op: "suppress";
      /** Until the window closes, or for so many ms. */
      readonly until: "windowCloses" | number;
      readonly maxRecords?: number;
      readonly maxBytes?: number;
      readonly whenFull?: "emit" | "shutdown";
    });

export type JoinKind = "inner" | "left" | "outer";

interface Join extends Step {
  readonly kind: JoinKind;
  readonly with: string;
  readonly joiner: functions.JoinerName;
}

/** Joins by what is right of them. */
export type JoinStatement =
  | (Join & {
      readonly op: "joinStream";
      readonly window: { readonly beforeMs: number; readonly afterMs: number; readonly graceMs: number };
      readonly key: SerdeName;
      readonly value: SerdeName;
      readonly otherValue: SerdeName;
      readonly storeName?: string;
    })
  /** A table on the right, a stream or a table on the left. Serdes and grace are for streams, a store for tables. */
  | (Join &
      Stored & {
        readonly op: "joinTable";
        readonly key?: SerdeName;
        readonly value?: SerdeName;
        readonly otherValue?: SerdeName;
        readonly graceMs?: number;
        /** As that of `mapValues`, for tables. */
        readonly result?: SerdeName;
      })
  | (Join & { readonly op: "joinGlobal"; readonly map: functions.KeyFunctionName })
  | (Join &
      Stored & {
        readonly op: "joinOn";
        readonly foreignKey: functions.ForeignKeyName /** Both topics by the length of the key's text. */;
        readonly partitioned?: true;
      });

/** A processor of the shared library (`processors` in the README) with a key-value store of its own. */
export type ProcessorStatement = Step & {
  readonly op: "process" | "processValues";
  readonly processor: "passOn" | "countInStore" | "changeInStore" | "flushOnStreamTime" | "flushOnWallClock" | "addHeader" | "readGlobal";
  readonly store?: StoreSpec;
  /** Of what flushes: from when on. Without, as stream time begins, or an interval from now. */
  readonly startMs?: number;
  /** The global store that `readGlobal` reads. */
  readonly globalStore?: string;
};

/** One call of the DSL. */
export type Statement = SourceStatement | StatelessStatement | GroupStatement | JoinStatement | ProcessorStatement;
