import type { Headers } from "../../record.ts";
import { Change } from "../change.ts";
import { Operator, type OperatorContext } from "../operator.ts";
import { TableStore } from "./table-store.ts";

/** A step that gives on changes of a table, with a store of its own or without. */
export abstract class TableOperator extends Operator {
  override readonly forwardsLast = true;
  protected readonly storeName: string | undefined;
  protected readonly sendOldValues: boolean;
  protected store: TableStore | undefined;
  protected context!: OperatorContext;
  readonly #change = new Change<unknown>(null, null);
  /** The store's cache gives changes on. */
  protected isCached = false;

  constructor(storeName: string | undefined, sendOldValues: boolean) {
    super();
    this.storeName = storeName;
    this.sendOldValues = sendOldValues;
  }

  override init(context: OperatorContext): void {
    this.context = context;
    if (this.storeName === undefined) return;
    this.store = new TableStore(context, this.storeName);
    this.isCached = this.store.giveChangesTo(
      (key, newValue, oldValue, timestamp, position) =>
        this.asOf(position, () => this.forwardChange(key, newValue, oldValue, true, timestamp, position.headers)),
      this.sendOldValues,
    );
  }

  protected forwardChange(
    key: unknown,
    newValue: unknown,
    oldValue: unknown,
    isLatest: boolean,
    timestamp: number,
    headers: Headers,
  ): void {
    const change = this.#change;
    change.newValue = newValue;
    change.oldValue = oldValue;
    change.isLatest = isLatest;
    this.forward(key, change, timestamp, headers);
  }

  /** Puts the new value down, if there is a store, and gives the change on, unless the store has a cache, which does it later. */
  protected update(key: unknown, newValue: unknown, oldValue: unknown, isLatest: boolean, timestamp: number, headers: Headers): void {
    if (this.store === undefined) {
      this.forwardChange(key, newValue, oldValue, isLatest, timestamp, headers);
      return;
    }
    const outcome = this.store.put(key, newValue, timestamp);
    if (outcome !== "notPut" && !this.isCached) this.forwardChange(key, newValue, oldValue, outcome === "latest", timestamp, headers);
  }
}
