import { windowAggregate } from "../processors/windows/window-aggregate.ts";
import type { EmitStrategy, Windows } from "../processors/windows/windows.ts";
import { long } from "../serdes/primitive-serdes.ts";
import { StreamsError } from "../streams-error.ts";
import type { AnySerde } from "../serdes/serde.ts";
import { checkFunction } from "./arguments.ts";
import type { SessionWindowedStream } from "./k-stream.ts";
import type { Named, Stored } from "./options.ts";
import { type NamedStore, namedStore } from "./store-naming.ts";
import type { StreamFolds } from "./stream-folds.ts";
import { graceOf, windowedKey } from "./windowed-keys.ts";
import { windowedStoreBuilder } from "./windowed-store-builder.ts";

type Verbs = { readonly [P in keyof SessionWindowedStream<unknown, unknown>]: (...given: never[]) => unknown };
type Fold = (aggregate: unknown, value: unknown, key: unknown) => unknown;
type AnyFunction = (...given: never[]) => unknown;
type AggregateOptions = Named & Stored & { readonly value: AnySerde };

/** A grouped stream with windows of any kind, whose types are told to users elsewhere and are forgotten here. */
export class WindowedStreamImpl implements Verbs {
  readonly #folds: StreamFolds;
  readonly #windows: Windows;
  readonly #emit: EmitStrategy;

  constructor(folds: StreamFolds, windows: Windows, emit: EmitStrategy) {
    this.#folds = folds;
    this.#windows = windows;
    this.#emit = emit;
  }

  emit(strategy: EmitStrategy): unknown {
    if (strategy !== "onUpdate" && strategy !== "onClose") {
      throw new StreamsError("STREAMS_BAD_ARGUMENT", `Results are emitted onUpdate or onClose, not ${String(strategy)}.`);
    }
    if (strategy === "onClose" && this.#windows.kind === "unlimited") {
      throw new StreamsError(
        "STREAMS_BAD_ARGUMENT",
        "Unlimited windows never close, so that nothing would ever be emitted onClose: emit onUpdate.",
      );
    }
    return new WindowedStreamImpl(this.#folds, this.#windows, strategy);
  }

  count(options: Named & Stored = {}): unknown {
    const { names } = this.#folds.context.graph;
    // Java takes a number for a store without a name twice where settings were given for it, but not with sliding windows.
    const isNumberedTwice = this.#windows.kind !== "sliding" && typeof options.store === "object" && options.store?.name === undefined;
    if (isNumberedTwice) names.store("KSTREAM-AGGREGATE-");
    const store = namedStore(names, options.store, "KSTREAM-AGGREGATE-");
    const merger: Fold = (a, b) => (a as number) + (b as number);
    return this.#fold(
      store,
      "KSTREAM-AGGREGATE-",
      options,
      long,
      () => 0,
      (count) => (count as number) + 1,
      merger,
    );
  }

  reduce(reducer: AnyFunction, options: Named & Stored = {}): unknown {
    checkFunction("reduce", "reducer", reducer);
    const store = namedStore(this.#folds.context.graph.names, options.store, "KSTREAM-REDUCE-");
    const fold: Fold = (aggregate, value, key) => (aggregate === null ? value : (reducer as Fold)(aggregate, value, key));
    return this.#fold(store, "KSTREAM-REDUCE-", options, this.#folds.state.value, () => null, fold, fold);
  }

  aggregate(
    ...given: [
      init: () => unknown,
      aggregator: AnyFunction,
      ...rest: [merger: AnyFunction, options: AggregateOptions] | [options: AggregateOptions],
    ]
  ): unknown {
    const [init, aggregator, third, fourth] = given;
    const [merger, options] = typeof third === "function" ? [third, fourth] : [undefined, third];
    checkFunction("aggregate", "initializer", init);
    checkFunction("aggregate", "aggregator", aggregator);
    if (this.#windows.kind === "session") checkFunction("aggregate", "merger of sessions", merger);
    const store = namedStore(this.#folds.context.graph.names, options?.store, "KSTREAM-AGGREGATE-");
    return this.#fold(store, "KSTREAM-AGGREGATE-", options ?? {}, options?.value, init, aggregator as Fold, merger as Fold | undefined);
  }

  #fold(
    store: NamedStore,
    prefix: string,
    options: Named,
    value: AnySerde | undefined,
    initializer: () => unknown,
    aggregator: Fold,
    merger: Fold | undefined,
  ): unknown {
    const windows = this.#windows;
    const { key } = this.#folds.state;
    const table = windowAggregate({ windows, storeName: store.name, emit: this.#emit, initializer, aggregator, merger });
    const builder = windowedStoreBuilder(store, windows, { key, value }, this.#emit);
    return this.#folds.fold({ prefix, options, store, builder, table, key: windowedKey(windows, key), value, graceMs: graceOf(windows) });
  }
}
