import type { Operator } from "../operator.ts";
import type { TableSupplier, ValueGetterSupplier } from "../tables/table-supplier.ts";
import { SessionOperator } from "./session-operator.ts";
import { SlidingWindowOperator } from "./sliding-window-operator.ts";
import { TimeWindowOperator } from "./time-window-operator.ts";
import { UnlimitedWindowOperator } from "./unlimited-window-operator.ts";
import type { WindowAggregateOptions } from "./window-aggregate-options.ts";
import { SessionGetter, WindowGetter } from "./windowed-getters.ts";

/** A table of windowed keys that a stream is folded into: count, reduce and aggregate over tumbling, hopping, sliding and session windows. */
export function windowAggregate(options: WindowAggregateOptions): TableSupplier {
  return new WindowAggregate(options);
}

class WindowAggregate implements TableSupplier {
  readonly #options: WindowAggregateOptions;
  #sendOldValues = false;

  constructor(options: WindowAggregateOptions) {
    this.#options = options;
  }

  create(): Operator {
    const { windows } = this.#options;
    switch (windows.kind) {
      case "time":
        return new TimeWindowOperator(windows, this.#options, this.#sendOldValues);
      case "unlimited":
        return new UnlimitedWindowOperator(windows, this.#options, this.#sendOldValues);
      case "sliding":
        return new SlidingWindowOperator(windows, this.#options, this.#sendOldValues);
      case "session":
        return new SessionOperator(windows, this.#options, this.#sendOldValues);
    }
  }

  enableSendingOldValues(): boolean {
    this.#sendOldValues = true;
    return true;
  }

  view(): ValueGetterSupplier {
    const { storeName, windows } = this.#options;
    return {
      storeNames: [storeName],
      get: () => (windows.kind === "session" ? new SessionGetter(storeName) : new WindowGetter(storeName)),
    };
  }
}
