import { invariant } from "@ottla/base";
import type { Headers, Windowed } from "../../record.ts";
import { giveChanges } from "../../stores/cache/give-changes.ts";
import type { FoundValue, ReadsWindowInto } from "../../stores/found-value.ts";
import type { StoreIterator, TimestampedWindowStore, ValueAndTimestamp, WindowedEntry, WindowName } from "../../stores/store.ts";
import { Change } from "../change.ts";
import { type HeldBack, Operator, type OperatorContext } from "../operator.ts";
import { LentWindowed } from "./lent-windowed.ts";
import { FinalResults, type FinalResultsOwner } from "./final-results.ts";
import type { WindowAggregateOptions } from "./window-aggregate-options.ts";
import type { Windows } from "./windows.ts";

type WindowResult = WindowedEntry<unknown, ValueAndTimestamp<unknown>>;

/** What windowed aggregates have in common: a store of windows, the newest time seen, late records, and when results go on. */
export abstract class WindowAggregateOperator extends Operator implements FinalResultsOwner<WindowResult> {
  /** A window that is put down may let the store give much up: the others of the record come behind that. */
  override readonly forwardsLast = true;
  protected readonly options: WindowAggregateOptions;
  readonly #sendOldValues: boolean;
  readonly #change = new Change<unknown>(null, null);
  protected context!: OperatorContext;
  protected store!: TimestampedWindowStore<unknown, unknown>;
  #reads: ReadsWindowInto | undefined;
  readonly #found: FoundValue = { value: null, timestamp: 0 };
  readonly #sizeMs: number;
  #observedMs = -1;
  /** When the next and the last of the windows close that were written to; −1: none was since the task began. */
  #firstCloseMs = -1;
  #lastCloseMs = -1;
  /** The store's cache gives changes on. */
  #isCached = false;
  #finalResults: FinalResults<WindowResult> | undefined;
  /** The last result's key, where nobody below keeps it: it is the next one's. */
  #lentKey: LentWindowed | undefined;

  constructor(options: WindowAggregateOptions, sendOldValues: boolean) {
    super();
    this.options = options;
    this.#sizeMs = sizeOf(options.windows);
    this.#sendOldValues = sendOldValues;
  }

  override init(context: OperatorContext): void {
    this.context = context;
    this.store = context.store(this.options.storeName);
    this.#lentKey = this.areKeysLent() ? LentWindowed.ofComputed() : undefined;
    this.#reads = "readWindowInto" in this.store ? (this.store as unknown as ReadsWindowInto) : undefined;
    if (this.options.emit === "onClose") {
      this.#finalResults = new FinalResults(context, this.options.storeName, this);
      return;
    }
    this.#isCached = giveChanges<WindowName<unknown>>(
      this.store,
      ({ key, windowStartMs }, value, old, timestamp, position) =>
        this.asOf(position, () => this.#forwardResult(key, windowStartMs, value, old, timestamp, position.headers)),
      this.#sendOldValues,
    );
  }

  protected observe(timestamp: number): void {
    if (timestamp > this.#observedMs) this.#observedMs = timestamp;
  }

  /** The newest time seen. */
  protected get observedMs(): number {
    return this.#observedMs;
  }

  /** What the store has of a window, valid until the next is read. */
  protected readWindow(key: unknown, startMs: number): ValueAndTimestamp<unknown> | null {
    if (this.#reads === undefined) return this.store.fetch(key, startMs);
    return this.#reads.readWindowInto(key, startMs, this.#found) ? this.#found : null;
  }

  /** Puts a window's new result down and gives it on, if updates are. */
  protected updateWindow(key: unknown, startMs: number, old: unknown, result: unknown, timestamp: number, headers: Headers): void {
    if (result !== null && this.#reads !== undefined) this.#reads.putWindowWithTime(key, result, startMs, timestamp);
    else this.store.put(key, result === null ? null : { value: result, timestamp }, startMs);
    if (this.#finalResults !== undefined) {
      this.#waits(startMs + this.#sizeMs + this.options.windows.graceMs);
      return;
    }
    if (!this.#isCached) this.#forwardResult(key, startMs, result, this.#sendOldValues ? old : null, timestamp, headers);
  }

  override heldBack(): HeldBack | undefined {
    const streamTimeMs = this.#observedMs;
    if (this.#lastCloseMs <= streamTimeMs) return undefined;
    const untilStreamTimeMs = this.#firstCloseMs > streamTimeMs ? this.#firstCloseMs : this.#lastCloseMs;
    return { kind: "window", count: undefined, untilStreamTimeMs, streamTimeMs };
  }

  #waits(closeMs: number): void {
    if (this.#firstCloseMs <= this.#observedMs || closeMs < this.#firstCloseMs) this.#firstCloseMs = closeMs;
    if (closeMs > this.#lastCloseMs) this.#lastCloseMs = closeMs;
    this.context.waits?.(closeMs);
  }

  protected initial(): unknown {
    return this.options.initializer() ?? null;
  }

  protected aggregate(old: unknown, value: unknown, key: unknown): unknown {
    return this.options.aggregator(old, value, key) ?? null;
  }

  /** What comes of a change goes on when the store's cache gives it up. */
  protected get isCached(): boolean {
    return this.#isCached;
  }

  /** Results are given on when their windows have closed, and not before. */
  protected get isFinal(): boolean {
    return this.#finalResults !== undefined;
  }

  /**
   * Puts a record down, and gives on the results of windows that have closed: those whose start is from `from(last close time)` to `to`. With the record the store may forget windows that close up to
   * `forgottenMs`. The operator's last act.
   */
  protected foldAndClose(
    closeTimeMs: number,
    forgottenMs: number,
    fromMs: (lastCloseTimeMs: number) => number,
    toMs: number,
    key: unknown,
    value: unknown,
    timestamp: number,
    headers: Headers,
  ): void {
    const results = this.#finalResults;
    invariant(results !== undefined, "only final results are given on");
    const closes = results.isDue(closeTimeMs, forgottenMs) && toMs >= 0;
    results.process(closes ? closeTimeMs : undefined, fromMs(results.lastCloseTimeMs), toMs, key, value, timestamp, headers);
  }

  abstract fold(key: unknown, value: unknown, timestamp: number, headers: Headers): void;

  closed(fromMs: number, toMs: number): StoreIterator<WindowResult> {
    return this.store.fetchAll(fromMs, toMs);
  }

  give({ key, windowStartMs, value }: WindowResult, headers: Headers): void {
    this.#forwardResult(key, windowStartMs, value.value, null, value.timestamp, headers);
  }

  #forwardResult(key: unknown, startMs: number, newValue: unknown, oldValue: unknown, timestamp: number, headers: Headers): void {
    const change = this.#change;
    change.newValue = newValue;
    change.oldValue = oldValue;
    change.isLatest = true;
    this.forward(this.#windowed(key, startMs), change, timestamp, headers);
  }

  #windowed(key: unknown, startMs: number): Windowed<unknown> {
    const lent = this.#lentKey;
    if (lent === undefined || this.task.isDeferring) return { key, window: { startMs, endMs: startMs + this.#sizeMs } };
    lent.key = key;
    lent.window.startMs = startMs;
    lent.window.endMs = startMs + this.#sizeMs;
    return lent;
  }
}

function sizeOf(windows: Windows): number {
  switch (windows.kind) {
    case "time":
      return windows.sizeMs;
    case "sliding":
      return windows.differenceMs;
    case "unlimited":
      return Number.POSITIVE_INFINITY;
    case "session":
      return 0;
  }
}
