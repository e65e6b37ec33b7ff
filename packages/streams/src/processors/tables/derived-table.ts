import type { ValueAndTimestamp } from "../../stores/store.ts";
import type { Operator, OperatorContext } from "../operator.ts";
import { gettersOfStore } from "./table-store.ts";
import type { TableSupplier, ValueGetter, ValueGetterSupplier } from "./table-supplier.ts";

/** What a {@link DerivedTable} is made with. */
export interface DerivedOptions {
  readonly parent: TableSupplier;
  /** The store it keeps; undefined: none, it is computed from its parent whenever it is read. */
  readonly storeName: string | undefined;
}

/** A table computed from another one, entry by entry. */
export abstract class DerivedTable implements TableSupplier {
  protected readonly parent: TableSupplier;
  protected readonly storeName: string | undefined;
  protected sendOldValues = false;

  constructor({ parent, storeName }: DerivedOptions) {
    this.parent = parent;
    this.storeName = storeName;
  }

  abstract create(): Operator;

  enableSendingOldValues(force: boolean): boolean {
    if (this.storeName !== undefined) {
      this.sendOldValues = true;
      return true;
    }
    if (this.parent.enableSendingOldValues(force)) this.sendOldValues = true;
    return this.sendOldValues;
  }

  view(): ValueGetterSupplier {
    if (this.storeName !== undefined) return gettersOfStore(this.storeName);
    const parent = this.parent.view();
    return { storeNames: parent.storeNames, get: () => this.derive(parent.get()) };
  }

  protected abstract derive(parent: ValueGetter): ValueGetter;
}

/** Reads a {@link DerivedTable} that keeps no store. */
export abstract class DerivedGetter implements ValueGetter {
  readonly #parent: ValueGetter;

  constructor(parent: ValueGetter) {
    this.#parent = parent;
  }

  get isVersioned(): boolean {
    return this.#parent.isVersioned;
  }

  init(context: OperatorContext): void {
    this.#parent.init(context);
  }

  get(key: unknown): ValueAndTimestamp<unknown> | null {
    return this.derive(key, this.#parent.get(key));
  }

  getAsOf(key: unknown, timestamp: number): ValueAndTimestamp<unknown> | null {
    return this.derive(key, this.#parent.getAsOf(key, timestamp));
  }

  protected abstract derive(key: unknown, found: ValueAndTimestamp<unknown> | null): ValueAndTimestamp<unknown> | null;
}
