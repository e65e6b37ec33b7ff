import type { Headers } from "../../record.ts";
import type { Change } from "../change.ts";
import type { Operator } from "../operator.ts";
import { TableOperator } from "../tables/table-operator.ts";
import { gettersOfStore } from "../tables/table-store.ts";
import type { TableSupplier, ValueGetterSupplier } from "../tables/table-supplier.ts";

/** The table that two joined ones make: what both sides of the join give, in one store if it has one. */
export class TableJoinMerge implements TableSupplier {
  readonly #left: TableSupplier;
  readonly #right: TableSupplier;
  readonly #storeName: string | undefined;
  #sendOldValues = false;

  constructor(left: TableSupplier, right: TableSupplier, storeName: string | undefined) {
    this.#left = left;
    this.#right = right;
    this.#storeName = storeName;
  }

  create(): Operator {
    return new TableJoinMergeOperator(this.#storeName, this.#sendOldValues);
  }

  enableSendingOldValues(): boolean {
    // Each once: tables that part and meet again have very many ways up.
    if (this.#sendOldValues) return true;
    this.#left.enableSendingOldValues(true);
    this.#right.enableSendingOldValues(true);
    this.#sendOldValues = true;
    return true;
  }

  view(): ValueGetterSupplier {
    if (this.#storeName !== undefined) return gettersOfStore(this.#storeName);
    const left = this.#left.view();
    return { storeNames: [...new Set([...left.storeNames, ...this.#right.view().storeNames])], get: () => left.get() };
  }
}

class TableJoinMergeOperator extends TableOperator {
  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    const { newValue, oldValue, isLatest } = value as Change;
    this.update(key, newValue, this.sendOldValues ? oldValue : null, isLatest, timestamp, headers);
  }
}
