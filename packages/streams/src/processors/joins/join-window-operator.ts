import type { Headers } from "../../record.ts";
import type { WindowStore } from "../../stores/store.ts";
import { Operator, type OperatorContext } from "../operator.ts";

/** Gives records on, and puts them into the window store of their side. */
export class JoinWindowOperator extends Operator {
  readonly #storeName: string;
  #store!: WindowStore<unknown, unknown>;

  constructor(storeName: string) {
    super();
    this.#storeName = storeName;
  }

  override init(context: OperatorContext): void {
    this.#store = context.store(this.#storeName);
  }

  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    this.forward(key, value, timestamp, headers);
    if (key !== null) this.#store.put(key, value, timestamp);
  }
}
