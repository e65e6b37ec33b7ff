import { invariant } from "@ottla/base";
import { laterTime } from "../../stores/found-value.ts";
import type { Headers } from "../../record.ts";
import { StreamsError } from "../../streams-error.ts";
import type { Change } from "../change.ts";
import type { Operator } from "../operator.ts";
import { TableOperator } from "../tables/table-operator.ts";
import { gettersOfStore } from "../tables/table-store.ts";
import type { TableSupplier, ValueGetterSupplier } from "../tables/table-supplier.ts";

type Initializer = () => unknown;
type Fold = (aggregate: unknown, value: unknown, key: unknown) => unknown;

/** How a regrouped table is folded: what goes is subtracted, then what comes is added. No initializer: the first value begins (reduce). */
export interface TableFold {
  readonly initializer: Initializer | undefined;
  readonly add: Fold;
  readonly subtract: Fold;
}

/** A table that a regrouped table is folded into. */
export class TableAggregate implements TableSupplier {
  readonly #storeName: string;
  readonly #fold: TableFold;
  #sendOldValues = false;

  constructor(storeName: string, fold: TableFold) {
    this.#storeName = storeName;
    this.#fold = fold;
  }

  create(): Operator {
    return new TableAggregateOperator(this.#storeName, this.#sendOldValues, this.#fold);
  }

  enableSendingOldValues(): boolean {
    this.#sendOldValues = true;
    return true;
  }

  view(): ValueGetterSupplier {
    return gettersOfStore(this.#storeName);
  }
}

class TableAggregateOperator extends TableOperator {
  readonly #fold: TableFold;

  constructor(storeName: string, sendOldValues: boolean, fold: TableFold) {
    super(storeName, sendOldValues);
    this.#fold = fold;
  }

  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    const { newValue, oldValue } = value as Change;
    if (key === null)
      throw new StreamsError("STREAMS_NULL_KEY", `${this.name} folds a table by its keys, and was given a null key.`, {
        place: { node: this.name },
      });
    invariant(this.store !== undefined, "an aggregate has a store");
    const found = this.store.read(key);
    const old = found === null ? null : found.value;
    let time = timestamp;
    let result = old;
    if (found !== null && oldValue !== null) {
      result = this.#fold.subtract(old, oldValue, key) ?? null;
      time = laterTime(timestamp, found.timestamp);
    }
    if (newValue !== null) {
      if (result === null && this.#fold.initializer === undefined) result = newValue;
      else {
        result = this.#fold.add(result ?? this.#fold.initializer?.() ?? null, newValue, key) ?? null;
        if (found !== null) time = laterTime(timestamp, found.timestamp);
      }
    }
    this.update(key, result, this.sendOldValues ? old : null, true, time, headers);
  }
}
