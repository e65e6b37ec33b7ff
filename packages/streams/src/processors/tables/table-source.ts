import type { Headers } from "../../record.ts";
import type { Operator } from "../operator.ts";
import { TableOperator } from "./table-operator.ts";
import { gettersOfStore } from "./table-store.ts";
import type { TableSupplier, ValueGetterSupplier } from "./table-supplier.ts";

/** A table from a topic or a stream. Keeps a store when it was named, or when something downstream has to read the table or its old values. */
export class TableSource implements TableSupplier {
  /** What its store is or would be called. */
  readonly storeName: string;
  #isMaterialized: boolean;
  #sendOldValues = false;

  constructor(storeName: string, isNamed: boolean) {
    this.storeName = storeName;
    this.#isMaterialized = isNamed;
  }

  get isMaterialized(): boolean {
    return this.#isMaterialized;
  }

  create(): Operator {
    return new TableSourceOperator(this.#isMaterialized ? this.storeName : undefined, this.#sendOldValues);
  }

  enableSendingOldValues(force: boolean): boolean {
    if (!force && !this.#isMaterialized) return false;
    this.#sendOldValues = true;
    this.#isMaterialized = true;
    return true;
  }

  view(): ValueGetterSupplier {
    this.#isMaterialized = true;
    return gettersOfStore(this.storeName);
  }
}

class TableSourceOperator extends TableOperator {
  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    if (key === null) {
      this.context.dropped("null key");
      return;
    }
    // A full cache gives up what was used longest ago, and Java looks up the old value whoever wants it.
    const isRead = this.store !== undefined && (this.sendOldValues || this.isCached);
    const old = isRead ? (this.store!.read(key)?.value ?? null) : null;
    this.update(key, value, old, true, timestamp, headers);
  }
}
