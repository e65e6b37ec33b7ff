import { laterTime } from "../../stores/found-value.ts";
import type { Headers } from "../../record.ts";
import type { ValueAndTimestamp } from "../../stores/store.ts";
import type { Change } from "../change.ts";
import type { Operator, OperatorContext } from "../operator.ts";
import { TableOperator } from "../tables/table-operator.ts";
import type { TableSupplier, ValueGetter, ValueGetterSupplier } from "../tables/table-supplier.ts";

/** Given the values of this side and of the other one, and the key. */
export type TableJoiner = (own: unknown, other: unknown, key: unknown) => unknown;

/** When a side of a join of tables gives a result, seen from that side. */
export interface JoinSide {
  /** No result without a value on the other side: inner joins, and the right of left joins. */
  readonly needsOther: boolean;
  /** A result also without a value on its own side, if the other has one: outer joins, and the right of left joins. */
  readonly joinsAbsent: boolean;
}

/** One side of a join of two tables: its changes, joined with what the other table has at that moment. */
export class TableTableJoin implements TableSupplier {
  readonly #side: JoinSide;
  readonly #own: TableSupplier;
  readonly #other: TableSupplier;
  readonly #ownView: ValueGetterSupplier;
  readonly #otherView: ValueGetterSupplier;
  readonly #joiner: TableJoiner;
  #sendOldValues = false;
  #isVersioned = false;

  constructor(side: JoinSide, own: TableSupplier, other: TableSupplier, joiner: TableJoiner) {
    this.#side = side;
    this.#own = own;
    this.#other = other;
    this.#ownView = own.view();
    this.#otherView = other.view();
    this.#joiner = joiner;
  }

  /** Its own table is versioned: changes of the past are not joined. */
  useVersionedSemantics(): void {
    this.#isVersioned = true;
  }

  create(): Operator {
    return new TableTableJoinOperator(this.#side, this.#otherView.get(), this.#joiner, this.#sendOldValues, this.#isVersioned);
  }

  enableSendingOldValues(): boolean {
    // Each once: tables that part and meet again have very many ways up.
    if (this.#sendOldValues) return true;
    this.#own.enableSendingOldValues(true);
    this.#other.enableSendingOldValues(true);
    this.#sendOldValues = true;
    return true;
  }

  view(): ValueGetterSupplier {
    return {
      storeNames: [...new Set([...this.#ownView.storeNames, ...this.#otherView.storeNames])],
      get: () => new JoinGetter(this.#side, this.#ownView.get(), this.#otherView.get(), this.#joiner),
    };
  }
}

class TableTableJoinOperator extends TableOperator {
  readonly #side: JoinSide;
  readonly #other: ValueGetter;
  readonly #joiner: TableJoiner;
  readonly #isVersioned: boolean;

  constructor(side: JoinSide, other: ValueGetter, joiner: TableJoiner, sendOldValues: boolean, isVersioned: boolean) {
    super(undefined, sendOldValues);
    this.#side = side;
    this.#other = other;
    this.#joiner = joiner;
    this.#isVersioned = isVersioned;
  }

  override init(context: OperatorContext): void {
    super.init(context);
    this.#other.init(context);
  }

  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    const change = value as Change;
    if (key === null || (this.#isVersioned && !change.isLatest)) {
      this.context.dropped(key === null ? "null key" : "out of order");
      return;
    }
    const other = this.#other.get(key);
    if (other === null && (this.#side.needsOther || (change.newValue === null && change.oldValue === null))) {
      this.context.unmatched();
      return;
    }
    const time = other === null ? timestamp : laterTime(timestamp, other.timestamp);
    const newValue = this.#joined(change.newValue, other, key);
    const oldValue = this.sendOldValues ? this.#joined(change.oldValue, other, key) : null;
    this.forwardChange(key, newValue, oldValue, change.isLatest, time, headers);
  }

  #joined(own: unknown, other: ValueAndTimestamp<unknown> | null, key: unknown): unknown {
    if (own === null && !(this.#side.joinsAbsent && other !== null)) return null;
    return this.#joiner(own, other === null ? null : other.value, key) ?? null;
  }
}

class JoinGetter implements ValueGetter {
  readonly isVersioned = false;
  readonly #side: JoinSide;
  readonly #own: ValueGetter;
  readonly #other: ValueGetter;
  readonly #joiner: TableJoiner;

  constructor(side: JoinSide, own: ValueGetter, other: ValueGetter, joiner: TableJoiner) {
    this.#side = side;
    this.#own = own;
    this.#other = other;
    this.#joiner = joiner;
  }

  init(context: OperatorContext): void {
    this.#own.init(context);
    this.#other.init(context);
  }

  get(key: unknown): ValueAndTimestamp<unknown> | null {
    const own = this.#own.get(key);
    if (own === null && !this.#side.joinsAbsent) return null;
    const other = this.#other.get(key);
    if (other === null && (this.#side.needsOther || own === null)) return null;
    const value = this.#joiner(own === null ? null : own.value, other === null ? null : other.value, key) ?? null;
    return value === null ? null : { value, timestamp: Math.max(own === null ? -1 : own.timestamp, other === null ? -1 : other.timestamp) };
  }

  /** A joined table has no history. */
  getAsOf(): ValueAndTimestamp<unknown> | null {
    return null;
  }
}
