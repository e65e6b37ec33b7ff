import { invariant } from "@ottla/base";
import { laterTime } from "../../stores/found-value.ts";
import type { Headers } from "../../record.ts";
import type { Operator } from "../operator.ts";
import { TableOperator } from "../tables/table-operator.ts";
import { gettersOfStore } from "../tables/table-store.ts";
import type { TableSupplier, ValueGetterSupplier } from "../tables/table-supplier.ts";

type Initializer = () => unknown;
type Aggregator = (aggregate: unknown, value: unknown, key: unknown) => unknown;

/** A table that a stream is folded into, key by key: count, reduce (no initializer: the first value begins) and aggregate. */
export class StreamAggregate implements TableSupplier {
  readonly #storeName: string;
  readonly #initializer: Initializer | undefined;
  readonly #aggregator: Aggregator;
  #sendOldValues = false;

  constructor(storeName: string, initializer: Initializer | undefined, aggregator: Aggregator) {
    this.#storeName = storeName;
    this.#initializer = initializer;
    this.#aggregator = aggregator;
  }

  create(): Operator {
    return new StreamAggregateOperator(this.#storeName, this.#sendOldValues, this.#initializer, this.#aggregator);
  }

  enableSendingOldValues(): boolean {
    this.#sendOldValues = true;
    return true;
  }

  view(): ValueGetterSupplier {
    return gettersOfStore(this.#storeName);
  }
}

class StreamAggregateOperator extends TableOperator {
  readonly #initializer: Initializer | undefined;
  readonly #aggregator: Aggregator;

  constructor(storeName: string, sendOldValues: boolean, initializer: Initializer | undefined, aggregator: Aggregator) {
    super(storeName, sendOldValues);
    this.#initializer = initializer;
    this.#aggregator = aggregator;
  }

  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    if (key === null || value === null) {
      this.context.dropped("null key or value");
      return;
    }
    invariant(this.store !== undefined, "an aggregate has a store");
    const found = this.store.read(key);
    // An initial value counts as the old one, as in Java: what is downstream sees it go.
    const old = found === null ? this.#initial() : found.value;
    const time = found === null ? timestamp : laterTime(timestamp, found.timestamp);
    const fresh = found === null && this.#initializer === undefined;
    const result = fresh ? value : (this.#aggregator(old, value, key) ?? null);
    this.update(key, result, this.sendOldValues ? old : null, true, time, headers);
  }

  #initial(): unknown {
    return this.#initializer === undefined ? null : (this.#initializer() ?? null);
  }
}
