import { laterTime, type TakesWindowsBack } from "../../stores/found-value.ts";
import type { Headers } from "../../record.ts";
import type { ValueAndTimestamp } from "../../stores/store.ts";
import { fanOutResults, makeInTurn, type Results } from "../many-results.ts";
import type { OperatorContext } from "../operator.ts";
import type { WindowAggregateOptions } from "./window-aggregate-options.ts";
import { WindowAggregateOperator } from "./window-aggregate-operator.ts";
import { type Sliding, SlidingSteps } from "./sliding-steps.ts";
import type { SlidingWindows } from "./windows.ts";

type Found = ValueAndTimestamp<unknown>;

/**
 * Folds records into sliding windows: one that ends at each record, and one that begins right after it where a later record is near enough. The time kept with a window is that of the
 * newest record in it, by which the neighbours of a new record are known. Records earlier than the time difference share the window that begins at 0.
 * Source: KIP-450; walks from the newest window back, as Java does with a store that can.
 */
export class SlidingWindowOperator extends WindowAggregateOperator {
  readonly #differenceMs: number;
  readonly #graceMs: number;
  readonly #fromMs: (lastCloseTimeMs: number) => number;
  /** Of most records; undefined where the store's windows have to be walked. */
  #steps: SlidingSteps | undefined;
  readonly #owner = {
    initial: (): unknown => this.initial(),
    update: (record: Sliding, startMs: number, old: unknown, foundMs: number): void => this.#update(record, startMs, old, foundMs),
    beginRight: ({ key, timestamp, headers }: Sliding, right: unknown, rightMs: number): void =>
      this.updateWindow(key, timestamp + 1, null, right, rightMs, headers),
  };

  constructor({ differenceMs, graceMs }: SlidingWindows, options: WindowAggregateOptions, sendOldValues: boolean) {
    super(options, sendOldValues);
    this.#differenceMs = differenceMs;
    this.#graceMs = graceMs;
    this.#fromMs = (last) => (last === -1 ? 0 : Math.max(0, last - differenceMs));
  }

  override init(context: OperatorContext): void {
    super.init(context);
    this.#steps = this.#newSteps();
  }

  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    if (key === null || value === null) {
      this.context.dropped("null key or value");
      return;
    }
    const differenceMs = this.#differenceMs;
    this.observe(timestamp);
    const closeTimeMs = this.observedMs - this.#graceMs;
    if (timestamp + differenceMs < closeTimeMs) {
      this.context.dropped("late");
      return;
    }
    if (timestamp < differenceMs) {
      const record = { key, value, timestamp, headers, closeTimeMs };
      makeInTurn(this.context, { operator: this, key, value, begin: () => this.#processEarly(record) });
      return;
    }
    if (!this.isFinal) {
      this.fold(key, value, timestamp, headers);
      return;
    }
    // The store keeps a window for as long as another one is long after it has closed.
    this.foldAndClose(
      closeTimeMs,
      closeTimeMs - differenceMs + 1,
      this.#fromMs,
      closeTimeMs - differenceMs - 1,
      key,
      value,
      timestamp,
      headers,
    );
  }

  override fold(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    const steps = this.task.isDeferring ? undefined : this.#steps;
    if (steps?.begin(key, value, timestamp, headers, this.observedMs - this.#graceMs) !== true) {
      this.#foldInSteps(key, value, timestamp, headers);
      return;
    }
    while (steps.next()) {
      if (!this.task.isDeferring) continue;
      this.#goOnLater(steps, key, value, timestamp, headers);
      return;
    }
  }

  /** What is left comes behind what came of the windows before: the steps are this record's then. */
  #goOnLater(steps: SlidingSteps, key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    this.#steps = this.#newSteps();
    const record = { key, value, timestamp, headers, closeTimeMs: this.observedMs - this.#graceMs };
    const left: Results = { next: () => ({ done: !steps.next(), value: undefined }) };
    fanOutResults(this.context, { operator: this, key, value, begin: (isAgain) => (isAgain ? this.#processLater(record) : left) });
  }

  #newSteps(): SlidingSteps | undefined {
    const { store } = this;
    // In a cache it shows when the store is read.
    if (this.isCached || !("takeBack" in store)) return undefined;
    return new SlidingSteps(this.#owner, store as unknown as TakesWindowsBack, this.#differenceMs);
  }

  /** Apart: a function that has a closure makes garbage for each record. */
  #foldInSteps(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    const record = { key, value, timestamp, headers, closeTimeMs: this.observedMs - this.#graceMs };
    makeInTurn(this.context, { operator: this, key, value, begin: () => this.#processLater(record) });
  }

  /** A step for each window that is put down. */
  *#processLater(record: Sliding): Generator<undefined, void> {
    const { key, timestamp } = record;
    const differenceMs = this.#differenceMs;
    const starts = new Set<number>();
    let left: Found | undefined;
    let right: Found | undefined;
    let hasLeft = false;
    let hasRight = false;
    let previousMs: number | undefined;
    for (const [startMs, found] of this.store.reverseFetchRange(key, Math.max(0, timestamp - 2 * differenceMs), timestamp + 1)) {
      starts.add(startMs);
      const endMs = startMs + differenceMs;
      if (startMs === timestamp + 1) {
        hasRight = true;
      } else if (endMs > timestamp) {
        right ??= found;
        this.#update(record, startMs, found.value, found.timestamp);
        yield;
      } else if (endMs === timestamp) {
        hasLeft = true;
        this.#update(record, startMs, found.value, found.timestamp);
        yield;
        // When the newest record in there is of this time too, the windows around it stand already.
        if (found.timestamp >= timestamp) return;
        previousMs = found.timestamp;
      } else {
        left = found;
        previousMs = found.timestamp;
        break;
      }
    }
    if (previousMs !== undefined && !starts.has(previousMs + 1) && previousMs + 1 + differenceMs >= timestamp) {
      this.#update(record, previousMs + 1, this.initial(), timestamp);
      yield;
    }
    if (!hasLeft) {
      const isNear = previousMs !== undefined && timestamp - differenceMs <= previousMs;
      this.#update(record, timestamp - differenceMs, isNear ? (left as Found).value : this.initial(), timestamp);
      yield;
    }
    if (!hasRight) this.#beginRight(record, right);
  }

  /** Of records before the time difference: all are in the window that begins at 0. */
  *#processEarly(record: Sliding): Generator<undefined, void> {
    const { key, timestamp } = record;
    const starts = new Set<number>();
    let combined: Found | undefined;
    let right: Found | undefined;
    let hasRight = false;
    let previousMs: number | undefined;
    for (const [startMs, found] of this.store.fetchRange(key, 0, timestamp + 1)) {
      starts.add(startMs);
      if (startMs === 0) {
        combined = found;
        if (found.timestamp < timestamp) previousMs = found.timestamp;
      } else if (startMs <= timestamp) {
        right = found;
        this.#update(record, startMs, found.value, found.timestamp);
        yield;
      } else {
        hasRight = true;
      }
    }
    if (right === undefined && combined !== undefined && combined.timestamp > timestamp) right = combined;
    if (!hasRight) {
      this.#beginRight(record, right);
      yield;
    }
    if (previousMs !== undefined && !starts.has(previousMs + 1)) {
      this.#update(record, previousMs + 1, this.initial(), timestamp);
      yield;
    }
    this.#update(record, 0, combined === undefined ? this.initial() : combined.value, combined?.timestamp ?? timestamp);
  }

  /** The window that begins right after the record holds what later records there are, and not the record itself. */
  #beginRight({ key, timestamp, headers }: Sliding, right: Found | undefined): void {
    if (right === undefined || right.timestamp <= timestamp) return;
    const startMs = timestamp + 1;
    this.updateWindow(key, startMs, null, right.value, right.timestamp, headers);
  }

  #update({ key, value, timestamp, headers, closeTimeMs }: Sliding, startMs: number, old: unknown, foundMs: number): void {
    if (startMs + this.#differenceMs < closeTimeMs) {
      this.context.dropped("late");
      return;
    }
    const time = old === null ? timestamp : laterTime(timestamp, foundMs);
    this.updateWindow(key, startMs, old, this.aggregate(old, value, key), time, headers);
  }
}
