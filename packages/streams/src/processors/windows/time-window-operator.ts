import { laterTime } from "../../stores/found-value.ts";
import type { Headers } from "../../record.ts";
import { fanOutResults, type Results } from "../many-results.ts";
import type { WindowAggregateOptions } from "./window-aggregate-options.ts";
import { WindowAggregateOperator } from "./window-aggregate-operator.ts";
import type { TimeWindows } from "./windows.ts";

/** Folds records into tumbling or hopping windows. A record may be too late for some of its windows and in time for others. */
export class TimeWindowOperator extends WindowAggregateOperator {
  readonly #windows: TimeWindows;
  readonly #fromMs: (lastCloseTimeMs: number) => number;
  #lastStartMs: number | undefined;

  constructor(windows: TimeWindows, options: WindowAggregateOptions, sendOldValues: boolean) {
    super(options, sendOldValues);
    this.#windows = windows;
    this.#fromMs = (last) => (last === -1 ? 0 : Math.max(0, last - windows.sizeMs) + 1);
  }

  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    if (key === null) {
      this.context.dropped("null key");
      return;
    }
    this.observe(timestamp);
    if (this.isFinal) this.#foldAndClose(key, value, timestamp, headers);
    else this.fold(key, value, timestamp, headers);
  }

  #foldAndClose(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    const { sizeMs, advanceMs = sizeMs, graceMs } = this.#windows;
    const closeTimeMs = this.observedMs - graceMs;
    // The store keeps a window for its size and the grace behind the newest one's start.
    const newestMs = Math.floor(timestamp / advanceMs) * advanceMs;
    this.foldAndClose(closeTimeMs, newestMs - graceMs, this.#fromMs, closeTimeMs - sizeMs, key, value, timestamp, headers);
  }

  override fold(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    const { sizeMs, advanceMs = sizeMs } = this.#windows;
    const firstMs = Math.floor(Math.max(0, timestamp - sizeMs + advanceMs) / advanceMs) * advanceMs;
    for (let atMs = firstMs; atMs <= timestamp; ) {
      this.#foldInto(this.#sameStart(atMs), key, value, timestamp, headers);
      atMs += advanceMs;
      if (!this.task.isDeferring || atMs > timestamp) continue;
      this.#foldLater(firstMs, atMs, key, value, timestamp, headers);
      return;
    }
  }

  #foldInto(startMs: number, key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    const { sizeMs, graceMs } = this.#windows;
    if (startMs + sizeMs <= this.observedMs - graceMs) {
      this.context.dropped("late");
      return;
    }
    const found = this.readWindow(key, startMs);
    const old = found === null ? this.initial() : found.value;
    const time = found === null ? timestamp : laterTime(timestamp, found.timestamp);
    this.updateWindow(key, startMs, old, this.aggregate(old, value, key), time, headers);
  }

  /** The windows from `atMs` on come behind what the store gives up for those before. */
  #foldLater(firstMs: number, atMs: number, key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    const begin = (isAgain: boolean): Results => this.#folds(isAgain ? firstMs : atMs, key, value, timestamp, headers);
    fanOutResults(this.context, { operator: this, key, value, begin });
  }

  *#folds(fromMs: number, key: unknown, value: unknown, timestamp: number, headers: Headers): Generator<undefined, void> {
    const { sizeMs, advanceMs = sizeMs } = this.#windows;
    for (let startMs = fromMs; startMs <= timestamp; startMs += advanceMs) {
      this.#foldInto(startMs, key, value, timestamp, headers);
      yield;
    }
  }

  /** The window's start as the number that was handed on last, where it is the same: a number that is computed is boxed anew wherever it is handed on, and most records are in the window of the one before. */
  #sameStart(startMs: number): number {
    const last = this.#lastStartMs;
    if (last === startMs) return last;
    this.#lastStartMs = startMs;
    return startMs;
  }
}
