import type { Headers } from "../../record.ts";
import { Operator, type OperatorContext, type OperatorSupplier } from "../operator.ts";
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
}

/** Each record of a stream, joined with what a table has of its key at that moment. */
export function streamTableJoin(options: StreamTableJoinOptions): OperatorSupplier {
  return () => new StreamTableJoin(options, options.table.get());
}

class StreamTableJoin extends Operator {
  readonly #options: StreamTableJoinOptions;
  readonly #table: ValueGetter;
  #context!: OperatorContext;

  constructor(options: StreamTableJoinOptions, table: ValueGetter) {
    super();
    this.#options = options;
    this.#table = table;
  }

  override init(context: OperatorContext): void {
    this.#context = context;
    this.#table.init(context);
  }

  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    const { keyMapper, joiner, isLeft } = this.#options;
    const mappedKey = keyMapper === undefined ? key : (keyMapper(value, key) ?? null);
    if (value === null || (mappedKey === null && !(isLeft && key === null))) {
      this.#context.dropped("null key or value");
      return;
    }
    const other = mappedKey === null ? null : this.#valueOf(mappedKey, timestamp);
    if (other === null && !isLeft) return;
    this.forward(key, joiner(value, other, key, mappedKey) ?? null, timestamp, headers);
  }

  #valueOf(key: unknown, timestamp: number): unknown {
    const found = this.#table.isVersioned ? this.#table.getAsOf(key, timestamp) : this.#table.get(key);
    return found === null ? null : found.value;
  }
}
