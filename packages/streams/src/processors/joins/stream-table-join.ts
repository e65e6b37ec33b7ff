import type { Headers } from "../../record.ts";
import type { DueRecord, WaitingRecords } from "../../stores/waiting/waiting-records.ts";
import { StreamsError } from "../../streams-error.ts";
import { type FanOutWalk, type HeldBack, Operator, type OperatorContext, type OperatorSupplier } from "../operator.ts";
import type { ValueGetter, ValueGetterSupplier } from "../tables/table-supplier.ts";

/** How the records of a stream are joined with a table. */
export interface StreamTableJoinOptions {
  readonly table: ValueGetterSupplier;
  /** The key by which the table is asked; undefined: that of the record. */
  readonly keyMapper: ((value: unknown, key: unknown) => unknown) | undefined;
  /** Given both values, the record's key, and the key by which the table was asked. */
  readonly joiner: (own: unknown, other: unknown, key: unknown, mappedKey: unknown) => unknown;
  /** Records without a partner go on with null. */
  readonly isLeft: boolean;
  /** Where records wait until the table cannot change any more at their time (`stores.waitingRecords`). */
  readonly waitingStore?: string | undefined;
}

/** Each record of a stream, joined with what a table has of its key at that moment. */
export function streamTableJoin(options: StreamTableJoinOptions): OperatorSupplier {
  return () => new StreamTableJoin(options, options.table.get());
}

class StreamTableJoin extends Operator implements FanOutWalk {
  override readonly forwardsLast = true;
  readonly #options: StreamTableJoinOptions;
  readonly #table: ValueGetter;
  #context!: OperatorContext;
  #waiting: WaitingRecords<unknown, unknown> | undefined;
  readonly #joinDue = ({ key, value, position }: DueRecord<unknown, unknown>): void =>
    this.asOf(position, () => this.#join(key, value, position.timestamp, position.headers));

  constructor(options: StreamTableJoinOptions, table: ValueGetter) {
    super();
    this.#options = options;
    this.#table = table;
  }

  override init(context: OperatorContext): void {
    this.#context = context;
    this.#table.init(context);
    const { waitingStore } = this.#options;
    if (waitingStore === undefined) return;
    if (!this.#table.isVersioned) {
      throw new StreamsError(
        "STREAMS_TOPOLOGY",
        `${this.name} joins with a grace, which needs a versioned table: give the table a historyRetentionMs.`,
        {
          place: { node: this.name },
        },
      );
    }
    this.#waiting = context.store(waitingStore);
  }

  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    const mappedKey = this.#mappedKey(value, key);
    if (value === null || (mappedKey === null && !this.#options.isLeft)) {
      this.#context.dropped("null key or value");
      return;
    }
    if (this.#waiting === undefined || key === null || !this.#waiting.put(key, value, timestamp))
      this.#join(key, value, timestamp, headers);
    else {
      const untilMs = this.#waiting.waitsUntilMs(timestamp);
      if (untilMs !== undefined) this.#context.waits?.(untilMs);
      this.#context.fanOut({ operator: this, key, value, begin: () => this });
    }
  }

  /** Joins the next record whose time has come. */
  next(): boolean {
    return this.#waiting?.takeDue(this.#joinDue) ?? false;
  }

  override heldBack(): HeldBack | undefined {
    const next = this.#waiting?.next();
    return next === undefined ? undefined : { kind: "grace", count: undefined, ...next };
  }

  #join(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    const { joiner, isLeft } = this.#options;
    const mappedKey = this.#mappedKey(value, key);
    const other = mappedKey === null ? null : this.#valueOf(mappedKey, timestamp);
    if (other === null && !isLeft) {
      this.#context.unmatched();
      return;
    }
    this.forward(key, joiner(value, other, key, mappedKey) ?? null, timestamp, headers);
  }

  #mappedKey(value: unknown, key: unknown): unknown {
    const { keyMapper } = this.#options;
    return keyMapper === undefined ? key : (keyMapper(value, key) ?? null);
  }

  #valueOf(key: unknown, timestamp: number): unknown {
    const found = this.#table.isVersioned ? this.#table.getAsOf(key, timestamp) : this.#table.get(key);
    return found === null ? null : found.value;
  }
}
