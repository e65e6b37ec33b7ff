import { laterTime } from "../../stores/found-value.ts";
import type { Headers } from "../../record.ts";
import type { WindowAggregateOptions } from "./window-aggregate-options.ts";
import { WindowAggregateOperator } from "./window-aggregate-operator.ts";
import type { UnlimitedWindows } from "./windows.ts";

/** Folds all records from a time on into one window, which never ends: none is late, and no result is final. */
export class UnlimitedWindowOperator extends WindowAggregateOperator {
  readonly #startMs: number;

  constructor({ startMs = 0 }: UnlimitedWindows, options: WindowAggregateOptions, sendOldValues: boolean) {
    super(options, sendOldValues);
    this.#startMs = startMs;
  }

  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    if (key === null) {
      this.context.dropped("null key");
      return;
    }
    if (timestamp >= this.#startMs) this.fold(key, value, timestamp, headers);
  }

  override fold(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    const found = this.readWindow(key, this.#startMs);
    const old = found === null ? this.initial() : found.value;
    const time = found === null ? timestamp : laterTime(timestamp, found.timestamp);
    this.updateWindow(key, this.#startMs, old, this.aggregate(old, value, key), time, headers);
  }
}
