import type { Headers } from "../../record.ts";
import type { ValueAndTimestamp } from "../../stores/store.ts";
import type { Change } from "../change.ts";
import type { Operator } from "../operator.ts";
import { DerivedGetter, type DerivedOptions, DerivedTable } from "./derived-table.ts";
import { TableOperator } from "./table-operator.ts";
import type { ValueGetter } from "./table-supplier.ts";

type Mapper = (value: unknown, key: unknown) => unknown;

/** A table whose values are computed from another one's; deletions stay deletions. */
export class TableMapValues extends DerivedTable {
  readonly #mapper: Mapper;

  constructor(options: DerivedOptions, mapper: Mapper) {
    super(options);
    this.#mapper = mapper;
  }

  override create(): Operator {
    return new TableMapValuesOperator(this.storeName, this.sendOldValues, this.#mapper);
  }

  protected override derive(parent: ValueGetter): ValueGetter {
    return new MapValuesGetter(parent, this.#mapper);
  }
}

class MapValuesGetter extends DerivedGetter {
  readonly #mapper: Mapper;

  constructor(parent: ValueGetter, mapper: Mapper) {
    super(parent);
    this.#mapper = mapper;
  }

  protected override derive(key: unknown, found: ValueAndTimestamp<unknown> | null): ValueAndTimestamp<unknown> | null {
    if (found === null) return null;
    const value = this.#mapper(found.value, key) ?? null;
    return value === null ? null : { value, timestamp: found.timestamp };
  }
}

class TableMapValuesOperator extends TableOperator {
  readonly #mapper: Mapper;

  constructor(storeName: string | undefined, sendOldValues: boolean, mapper: Mapper) {
    super(storeName, sendOldValues);
    this.#mapper = mapper;
  }

  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    const change = value as Change;
    const newValue = this.#mapped(key, change.newValue);
    this.update(key, newValue, this.#old(key, change), change.isLatest, timestamp, headers);
  }

  #old(key: unknown, change: Change): unknown {
    if (!this.sendOldValues) return null;
    return this.store === undefined ? this.#mapped(key, change.oldValue) : (this.store.read(key)?.value ?? null);
  }

  #mapped(key: unknown, value: unknown): unknown {
    return value === null ? null : (this.#mapper(value, key) ?? null);
  }
}
