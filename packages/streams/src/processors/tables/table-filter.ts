import { accepted } from "../no-promise.ts";
import type { Headers } from "../../record.ts";
import type { ValueAndTimestamp } from "../../stores/store.ts";
import type { Change } from "../change.ts";
import type { Operator } from "../operator.ts";
import { DerivedGetter, type DerivedOptions, DerivedTable } from "./derived-table.ts";
import { TableOperator } from "./table-operator.ts";
import type { ValueGetter } from "./table-supplier.ts";

type Accepts = (value: unknown, key: unknown) => boolean;

/** A table without the entries that a predicate refuses: for them it gives on a deletion, if they were there before. */
export class TableFilter extends DerivedTable {
  readonly #accepts: Accepts;
  readonly #wanted: boolean;
  #isVersioned = false;

  constructor(options: DerivedOptions, accepts: Accepts, wanted: boolean) {
    super(options);
    this.#accepts = accepts;
    this.#wanted = wanted;
    this.sendOldValues = options.parent.enableSendingOldValues(false);
  }

  /** Its parent is versioned: a change that is not the latest is given on as such. */
  useVersionedSemantics(): void {
    this.#isVersioned = true;
  }

  override create(): Operator {
    return new TableFilterOperator(this.storeName, this.sendOldValues, this.#accepts, this.#wanted, this.#isVersioned);
  }

  protected override derive(parent: ValueGetter): ValueGetter {
    return new FilterGetter(parent, this.#accepts, this.#wanted);
  }
}

class FilterGetter extends DerivedGetter {
  readonly #accepts: Accepts;
  readonly #wanted: boolean;

  constructor(parent: ValueGetter, accepts: Accepts, wanted: boolean) {
    super(parent);
    this.#accepts = accepts;
    this.#wanted = wanted;
  }

  protected override derive(key: unknown, found: ValueAndTimestamp<unknown> | null): ValueAndTimestamp<unknown> | null {
    return found !== null && accepted(this.#accepts(found.value, key)) === this.#wanted ? found : null;
  }
}

class TableFilterOperator extends TableOperator {
  readonly #accepts: Accepts;
  readonly #wanted: boolean;
  readonly #isVersioned: boolean;

  constructor(storeName: string | undefined, sendOldValues: boolean, accepts: Accepts, wanted: boolean, isVersioned: boolean) {
    super(storeName, sendOldValues);
    this.#accepts = accepts;
    this.#wanted = wanted;
    this.#isVersioned = isVersioned;
  }

  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    const change = value as Change;
    const newValue = this.#kept(key, change.newValue);
    const oldValue = this.#old(key, change);
    if (!this.#isVersioned && this.sendOldValues && oldValue === null && newValue === null) return;
    this.update(key, newValue, oldValue, change.isLatest, timestamp, headers);
  }

  #old(key: unknown, change: Change): unknown {
    if (!this.sendOldValues) return null;
    return this.store === undefined ? this.#kept(key, change.oldValue) : (this.store.read(key)?.value ?? null);
  }

  #kept(key: unknown, value: unknown): unknown {
    return value !== null && accepted(this.#accepts(value, key)) === this.#wanted ? value : null;
  }
}
