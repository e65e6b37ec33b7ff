import { StreamAggregate } from "../processors/aggregates/stream-aggregate.ts";
import type { Windows } from "../processors/windows/windows.ts";
import { long } from "../serdes/primitive-serdes.ts";
import type { AnySerde } from "../serdes/serde.ts";
import { checkFunction } from "./arguments.ts";
import { CogroupedImpl } from "./cogrouped-impl.ts";
import type { DslContext, GroupState } from "./context.ts";
import type { GroupedStream } from "./k-stream.ts";
import type { Named, Stored } from "./options.ts";
import { type NamedStore, namedStore } from "./store-naming.ts";
import { StreamFolds } from "./stream-folds.ts";
import { tableStoreBuilder } from "./table-store-builder.ts";
import { WindowedStreamImpl } from "./windowed-stream-impl.ts";
import { checkWindows } from "./windows.ts";

type Verbs = { readonly [P in keyof GroupedStream<unknown, unknown>]: (...given: never[]) => unknown };
type Aggregator = (aggregate: unknown, value: unknown, key: unknown) => unknown;

/** {@link GroupedStream}, whose types are told to users there and are forgotten here. */
export class GroupedStreamImpl implements Verbs {
  readonly state: GroupState;
  readonly #folds: StreamFolds;

  constructor(context: DslContext, state: GroupState) {
    this.state = state;
    this.#folds = new StreamFolds(context, state);
  }

  count(options: Named & Stored = {}): unknown {
    const { names } = this.#folds.context.graph;
    // Java takes a number for a store without a name twice where settings were given for it.
    if (typeof options.store === "object" && options.store?.name === undefined) names.store("KSTREAM-AGGREGATE-");
    const store = namedStore(names, options.store, "KSTREAM-AGGREGATE-");
    const increment: Aggregator = (count) => (count as number) + 1;
    return this.#fold(store, "KSTREAM-AGGREGATE-", options, long, () => 0, increment);
  }

  reduce(reducer: (...given: never[]) => unknown, options: Named & Stored = {}): unknown {
    checkFunction("reduce", "reducer", reducer);
    const store = namedStore(this.#folds.context.graph.names, options.store, "KSTREAM-REDUCE-");
    return this.#fold(store, "KSTREAM-REDUCE-", options, this.state.value, undefined, reducer as Aggregator);
  }

  aggregate(
    init: () => unknown,
    aggregator: (...given: never[]) => unknown,
    options: Named & Stored & { readonly value: AnySerde },
  ): unknown {
    checkFunction("aggregate", "initializer", init);
    checkFunction("aggregate", "aggregator", aggregator);
    const store = namedStore(this.#folds.context.graph.names, options.store, "KSTREAM-AGGREGATE-");
    return this.#fold(store, "KSTREAM-AGGREGATE-", options, options.value, init, aggregator as Aggregator);
  }

  windowedBy(windows: Windows): unknown {
    return new WindowedStreamImpl(this.#folds, checkWindows(windows), "onUpdate");
  }

  cogroup(aggregator: (...given: never[]) => unknown): unknown {
    checkFunction("cogroup", "aggregator", aggregator);
    return new CogroupedImpl(this.#folds.context, [{ group: this, aggregator: aggregator as Aggregator }]);
  }

  #fold(
    store: NamedStore,
    prefix: string,
    options: Named,
    value: AnySerde | undefined,
    init: (() => unknown) | undefined,
    aggregator: Aggregator,
  ): unknown {
    const { key } = this.state;
    const table = new StreamAggregate(store.name, init, aggregator);
    return this.#folds.fold({ prefix, options, store, builder: tableStoreBuilder(store, { key, value }), table, key, value });
  }
}
