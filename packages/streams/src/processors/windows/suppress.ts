import type { Operator, OperatorContext } from "../operator.ts";
import type { ValueAndTimestamp } from "../../stores/store.ts";
import type { SuppressBuffer } from "../../stores/suppress/suppress-buffer.ts";
import type { TableSupplier, ValueGetter, ValueGetterSupplier } from "../tables/table-supplier.ts";
import { type SuppressLimits, SuppressOperator } from "./suppress-operator.ts";

/** How long changes are held back, and in how much room. */
export interface SuppressOptions extends SuppressLimits {
  readonly parent: TableSupplier;
}

/** A table whose changes are held back: of those of one key only the last is given on. */
export function suppress(options: SuppressOptions): TableSupplier {
  // What the table shows of a key that is held back is the old value of the first change.
  options.parent.enableSendingOldValues(true);
  return new SuppressedTable(options);
}

class SuppressedTable implements TableSupplier {
  readonly #options: SuppressOptions;

  constructor(options: SuppressOptions) {
    this.#options = options;
  }

  create(): Operator {
    return new SuppressOperator(this.#options);
  }

  enableSendingOldValues(force: boolean): boolean {
    return this.#options.parent.enableSendingOldValues(force);
  }

  view(): ValueGetterSupplier {
    const { storeName, parent } = this.#options;
    const parentView = parent.view();
    return { storeNames: [storeName, ...parentView.storeNames], get: () => new SuppressedGetter(storeName, parentView.get()) };
  }
}

/** Shows of what is held back the value before, and of all else what the parent shows. */
class SuppressedGetter implements ValueGetter {
  readonly isVersioned = false;
  readonly #storeName: string;
  readonly #parent: ValueGetter;
  #buffer!: SuppressBuffer<unknown, unknown>;

  constructor(storeName: string, parent: ValueGetter) {
    this.#storeName = storeName;
    this.#parent = parent;
  }

  init(context: OperatorContext): void {
    this.#parent.init(context);
    this.#buffer = context.store(this.#storeName);
  }

  get(key: unknown): ValueAndTimestamp<unknown> | null {
    const prior = this.#buffer.priorValue(key);
    if (prior === undefined) return this.#parent.get(key);
    return prior === null ? null : { value: prior, timestamp: -1 };
  }

  /** What is held back has no history. */
  getAsOf(): ValueAndTimestamp<unknown> | null {
    return null;
  }
}
