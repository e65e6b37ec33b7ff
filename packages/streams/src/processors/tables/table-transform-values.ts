import type { ValueTransformer } from "../../processor/processor.ts";
import type { Headers } from "../../record.ts";
import type { ValueAndTimestamp } from "../../stores/store.ts";
import type { Change } from "../change.ts";
import { noPromise } from "../no-promise.ts";
import type { Operator, OperatorContext } from "../operator.ts";
import { processingContext } from "../user-processor.ts";
import { DerivedGetter, type DerivedOptions, DerivedTable } from "./derived-table.ts";
import { TableOperator } from "./table-operator.ts";
import type { ValueGetter, ValueGetterSupplier } from "./table-supplier.ts";

type AnyTransformer = ValueTransformer<unknown, unknown, unknown>;
type Supplier = () => AnyTransformer;

/** A table whose values a user's object with stores computes from another one's. It is given deletions, too. */
export class TableTransformValues extends DerivedTable {
  readonly #supplier: Supplier;
  readonly #stores: readonly string[];

  /** `stores` are the names of those that transformers use. */
  constructor(options: DerivedOptions, supplier: Supplier, stores: readonly string[]) {
    super(options);
    this.#supplier = supplier;
    this.#stores = stores;
  }

  override create(): Operator {
    return new TableTransformValuesOperator(this.storeName, this.sendOldValues, this.#supplier());
  }

  override view(): ValueGetterSupplier {
    const { storeNames, get } = super.view();
    return { storeNames: this.storeName === undefined ? [...storeNames, ...this.#stores] : storeNames, get };
  }

  protected override derive(parent: ValueGetter): ValueGetter {
    return new TransformValuesGetter(parent, this.#supplier());
  }
}

class TransformValuesGetter extends DerivedGetter {
  readonly #transformer: AnyTransformer;

  constructor(parent: ValueGetter, transformer: AnyTransformer) {
    super(parent);
    this.#transformer = transformer;
  }

  override init(context: OperatorContext): void {
    super.init(context);
    noPromise(this.#transformer.init?.(processingContext(context, "a reader of transformed values")));
  }

  protected override derive(key: unknown, found: ValueAndTimestamp<unknown> | null): ValueAndTimestamp<unknown> | null {
    const value = noPromise(this.#transformer.transform(found?.value ?? null, key)) ?? null;
    return value === null ? null : { value, timestamp: found?.timestamp ?? -1 };
  }
}

class TableTransformValuesOperator extends TableOperator {
  readonly #transformer: AnyTransformer;

  constructor(storeName: string | undefined, sendOldValues: boolean, transformer: AnyTransformer) {
    super(storeName, sendOldValues);
    this.#transformer = transformer;
  }

  override init(context: OperatorContext): void {
    super.init(context);
    noPromise(this.#transformer.init?.(processingContext(context, this.name)));
  }

  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    const change = value as Change;
    const newValue = this.#transformed(key, change.newValue);
    this.update(key, newValue, this.#old(key, change), change.isLatest, timestamp, headers);
  }

  override close(): void {
    noPromise(this.#transformer.close?.());
  }

  #old(key: unknown, change: Change): unknown {
    if (!this.sendOldValues) return null;
    return this.store === undefined ? this.#transformed(key, change.oldValue) : (this.store.read(key)?.value ?? null);
  }

  #transformed(key: unknown, value: unknown): unknown {
    return noPromise(this.#transformer.transform(value, key)) ?? null;
  }
}
