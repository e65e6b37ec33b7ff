import type { Headers } from "../../record.ts";
import type { WindowStore } from "../../stores/store.ts";
import { FEW, fanOutResults } from "../many-results.ts";
import { Operator, type OperatorContext } from "../operator.ts";
import type { StreamStreamJoinOptions } from "./join-windows.ts";

/** A stream joined with itself over one store: the results, and their order, are those of an inner join of two streams with the same records. */
export class StreamSelfJoinOperator extends Operator {
  readonly #options: StreamStreamJoinOptions;
  #context!: OperatorContext;
  #store!: WindowStore<unknown, unknown>;
  #streamTimeMs = -1;

  constructor(options: StreamStreamJoinOptions) {
    super();
    this.#options = options;
  }

  override init(context: OperatorContext): void {
    this.#context = context;
    this.#store = context.store(this.#options.leftStore);
  }

  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    if (key === null || value === null) {
      this.#context.dropped("null key or value");
      return;
    }
    const { beforeMs, afterMs, graceMs } = this.#options.windows;
    if (timestamp > this.#streamTimeMs) this.#streamTimeMs = timestamp;
    const isInTime = timestamp > this.#streamTimeMs - (beforeMs + afterMs + graceMs) + 1;
    const results = (from: number): Generator<undefined, void> => this.#results(from, key, value, timestamp, headers, isInTime);
    const first = results(0);
    for (let count = 0; count < FEW; count++) if (first.next().done === true) return;
    first.return();
    fanOutResults(this.#context, { operator: this, key, value, begin: (isAgain) => results(isAgain ? 0 : FEW) });
  }

  /** From the result of that number on. */
  *#results(
    from: number,
    key: unknown,
    value: unknown,
    timestamp: number,
    headers: Headers,
    isInTime: boolean,
  ): Generator<undefined, void> {
    const { joiner, windows } = this.#options;
    const { beforeMs, afterMs } = windows;
    const withSelf = joiner(value, value, key) ?? null;
    let at = 0;
    for (const [otherMs, other] of this.#store.fetchRange(key, Math.max(0, timestamp - beforeMs), Math.max(0, timestamp + afterMs))) {
      if (at++ < from) continue;
      this.forward(key, joiner(value, other, key) ?? null, Math.max(timestamp, otherMs), headers);
      yield;
    }
    let isWithSelfDone = !isInTime;
    for (const [otherMs, other] of this.#store.fetchRange(key, Math.max(0, timestamp - afterMs), Math.max(0, timestamp + beforeMs))) {
      if (timestamp < otherMs && !isWithSelfDone) {
        isWithSelfDone = true;
        if (at++ >= from) {
          this.forward(key, withSelf, timestamp, headers);
          yield;
        }
      }
      if (at++ < from) continue;
      this.forward(key, joiner(other, value, key) ?? null, Math.max(timestamp, otherMs), headers);
      yield;
    }
    if (!isWithSelfDone && at >= from) this.forward(key, withSelf, timestamp, headers);
  }
}
