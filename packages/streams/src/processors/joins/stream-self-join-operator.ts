import { boxedTime } from "../../boxed-time.ts";
import { type Headers, noHeaders } from "../../record.ts";
import { type FoundWindow, laterTime, type RangeVisitor, visited, type VisitsWindows } from "../../stores/found-value.ts";
import type { WindowStore } from "../../stores/store.ts";
import { FEW, fanOutResults } from "../many-results.ts";
import { Operator, type OperatorContext } from "../operator.ts";
import type { StreamStreamJoinOptions } from "./join-windows.ts";

/** A stream joined with itself over one store: the results, and their order, are those of an inner join of two streams with the same records. */
export class StreamSelfJoinOperator extends Operator implements RangeVisitor {
  readonly #options: StreamStreamJoinOptions;
  #context!: OperatorContext;
  #store!: WindowStore<unknown, unknown>;
  #visits!: VisitsWindows;
  #streamTimeMs = -1;
  /** The record that is being joined, and how many results it has had so far. */
  #key: unknown;
  #value: unknown;
  #timestamp = boxedTime;
  #headers: Headers = noHeaders;
  #withSelf: unknown;
  #count = 0;
  #isMore = false;
  /** It comes second: the records are those that it stands on the right of. */
  #isSecond = false;
  #isWithSelfDone = false;
  /** Of the others, which are looked for. */
  fromMs = 0.5;
  toMs = 0.5;

  constructor(options: StreamStreamJoinOptions) {
    super();
    this.#options = options;
  }

  override init(context: OperatorContext): void {
    this.#context = context;
    this.#store = context.store(this.#options.leftStore);
    this.#visits = visited(this.#store);
  }

  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    if (key === null || value === null) {
      this.#context.dropped("null key or value");
      return;
    }
    const { beforeMs, afterMs, graceMs } = this.#options.windows;
    if (timestamp > this.#streamTimeMs) this.#streamTimeMs = timestamp;
    const isInTime = timestamp > this.#streamTimeMs - (beforeMs + afterMs + graceMs) + 1;
    this.#key = key;
    this.#value = value;
    this.#timestamp = timestamp;
    this.#headers = headers;
    this.#withSelf = this.#options.joiner(value, value, key) ?? null;
    this.#count = 0;
    this.#isMore = false;
    this.#isWithSelfDone = !isInTime;
    this.#visit(false, timestamp - beforeMs, timestamp + afterMs);
    if (!this.#isMore) this.#visit(true, timestamp - afterMs, timestamp + beforeMs);
    if (!this.#isMore && !this.#isWithSelfDone) this.forward(key, this.#withSelf, timestamp, headers);
    if (this.#isMore) this.#fanOut(key, value, timestamp, headers, isInTime, this.#count);
  }

  #visit(isSecond: boolean, fromMs: number, toMs: number): void {
    this.#isSecond = isSecond;
    this.fromMs = Math.max(0, fromMs);
    this.toMs = Math.max(0, toMs);
    this.#visits.visitRange(this.#key, this);
  }

  visitValue({ startMs, value: other }: FoundWindow): boolean {
    if (this.#isSecond && this.#timestamp < startMs && !this.#isWithSelfDone) {
      if (!this.#hasRoom()) return false;
      this.#isWithSelfDone = true;
      this.forward(this.#key, this.#withSelf, this.#timestamp, this.#headers);
    }
    if (!this.#hasRoom()) return false;
    const { joiner } = this.#options;
    const key = this.#key;
    const value = this.#value;
    const result = (this.#isSecond ? joiner(other, value, key) : joiner(value, other, key)) ?? null;
    this.forward(key, result, laterTime(this.#timestamp, startMs), this.#headers);
    return true;
  }

  /** Whether one more result goes on in this call. */
  #hasRoom(): boolean {
    this.#isMore = this.#count === FEW || this.task.isDeferring;
    if (!this.#isMore) this.#count++;
    return !this.#isMore;
  }

  #fanOut(key: unknown, value: unknown, timestamp: number, headers: Headers, isInTime: boolean, done: number): void {
    const begin = (isAgain: boolean): Generator<undefined, void> =>
      this.#results(isAgain ? 0 : done, key, value, timestamp, headers, isInTime);
    fanOutResults(this.#context, { operator: this, key, value, begin });
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
