import { type Headers, noHeaders, type Windowed } from "../../record.ts";
import { giveChanges } from "../../stores/cache/give-changes.ts";
import type { SessionEntry, SessionName, SessionStore, StoreIterator } from "../../stores/store.ts";
import { Change } from "../change.ts";
import { type HeldBack, Operator, type OperatorContext } from "../operator.ts";
import { FinalResults, type FinalResultsOwner } from "./final-results.ts";
import type { TakesSessions } from "../../stores/found-value.ts";
import { fanOutResults, makeInTurn, type Results } from "../many-results.ts";
import { LentWindowed } from "./lent-windowed.ts";
import { SessionSteps } from "./session-steps.ts";
import type { WindowAggregateOptions } from "./window-aggregate-options.ts";
import type { SessionWindows } from "./windows.ts";

type SessionResult = SessionEntry<unknown, unknown>;

/**
 * Folds records into sessions. Those that a record joins become one: each old one goes with a null, unless the record fell inside the only one; then the new one comes. Results have the
 * session's end as time.
 */
export class SessionOperator extends Operator implements FinalResultsOwner<SessionResult> {
  /** A session that goes or comes may let the store give much up: what is left of the record comes behind that. */
  override readonly forwardsLast = true;
  readonly #gapMs: number;
  readonly #graceMs: number;
  readonly #options: WindowAggregateOptions;
  readonly #sendOldValues: boolean;
  readonly #change = new Change<unknown>(null, null);
  #context!: OperatorContext;
  #store!: SessionStore<unknown, unknown>;
  #observedMs = -1;
  /** When the last of the sessions closes that were written to; −1: none was since the task began. */
  #lastCloseMs = -1;
  /** The store's cache gives changes on. */
  #isCached = false;
  #finalResults: FinalResults<SessionResult> | undefined;
  /** Of most records; undefined where the store's sessions have to be walked. */
  #fewSteps: SessionSteps | undefined;
  /** The last result's key, where nobody below keeps it: it is the next one's. */
  #lentKey: LentWindowed | undefined;
  readonly #owner = {
    initial: (): unknown => this.#options.initializer() ?? null,
    merge: (key: unknown, one: unknown, other: unknown): unknown => this.#merge(key, one, other),
    late: (): void => this.#context.dropped("late"),
    remove: (key: unknown, startMs: number, endMs: number, value: unknown): void => this.#remove(key, startMs, endMs, value),
    put: (key: unknown, startMs: number, endMs: number, merged: unknown, value: unknown): void =>
      this.#put(key, startMs, endMs, merged, value),
  };

  constructor({ gapMs, graceMs }: SessionWindows, options: WindowAggregateOptions, sendOldValues: boolean) {
    super();
    this.#gapMs = gapMs;
    this.#graceMs = graceMs;
    this.#options = options;
    this.#sendOldValues = sendOldValues;
  }

  override init(context: OperatorContext): void {
    this.#context = context;
    this.#store = context.store(this.#options.storeName);
    this.#lentKey = this.areKeysLent() ? LentWindowed.ofGiven() : undefined;
    if (this.#options.emit === "onClose") {
      this.#finalResults = new FinalResults(context, this.#options.storeName, this);
      this.#fewSteps = this.#newSteps();
      return;
    }
    this.#isCached = giveChanges<SessionName<unknown>>(
      this.#store,
      ({ key, startMs, endMs }, value, old, _timestamp, position) =>
        this.asOf(position, () => this.#forwardResult(key, startMs, endMs, value, old, position.headers)),
      this.#sendOldValues,
    );
    this.#fewSteps = this.#newSteps();
  }

  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    if (key === null) {
      this.#context.dropped("null key");
      return;
    }
    if (timestamp > this.#observedMs) this.#observedMs = timestamp;
    const results = this.#finalResults;
    if (results === undefined) {
      this.fold(key, value, timestamp);
      return;
    }
    const closeTimeMs = this.#closeTimeMs;
    const isDue = results.isDue(closeTimeMs, closeTimeMs);
    const fromMs = Math.max(0, results.lastCloseTimeMs);
    const toMs = closeTimeMs - 1;
    results.process(isDue && toMs >= fromMs ? closeTimeMs : undefined, fromMs, toMs, key, value, timestamp, headers);
  }

  get #closeTimeMs(): number {
    return this.#observedMs - this.#graceMs - this.#gapMs;
  }

  closed(fromMs: number, toMs: number): StoreIterator<SessionResult> {
    return this.#store.findSessionsByEnd(fromMs, toMs);
  }

  give({ key, startMs, endMs, value }: SessionResult, headers: Headers): void {
    this.#forwardResult(key, startMs, endMs, value, null, headers);
  }

  fold(key: unknown, value: unknown, timestamp: number): void {
    const steps = this.task.isDeferring ? undefined : this.#fewSteps;
    if (steps?.begin(key, value, timestamp, this.#closeTimeMs) !== true) {
      this.#foldInSteps(key, value, timestamp);
      return;
    }
    while (steps.next()) {
      if (!this.task.isDeferring) continue;
      this.#goOnLater(steps, key, value, timestamp);
      return;
    }
  }

  /** What is left comes behind what came of the sessions before: the steps are this record's then. */
  #goOnLater(steps: SessionSteps, key: unknown, value: unknown, timestamp: number): void {
    this.#fewSteps = this.#newSteps();
    const left: Results = { next: () => ({ done: !steps.next(), value: undefined }) };
    const begin = (isAgain: boolean): Results => (isAgain ? this.#steps(key, value, timestamp) : left);
    fanOutResults(this.#context, { operator: this, key, value, begin });
  }

  #newSteps(): SessionSteps | undefined {
    // In a cache it shows when the store is read.
    if (this.#isCached || !("takeKey" in this.#store)) return undefined;
    return new SessionSteps(this.#owner, this.#store as unknown as TakesSessions, this.#gapMs);
  }

  /** Apart: a function that has a closure makes garbage for each record. */
  #foldInSteps(key: unknown, value: unknown, timestamp: number): void {
    makeInTurn(this.#context, { operator: this, key, value, begin: () => this.#steps(key, value, timestamp) });
  }

  /** A step for each session that goes, and one for that which comes. */
  *#steps(key: unknown, value: unknown, timestamp: number): Generator<undefined, void> {
    const closeTimeMs = this.#closeTimeMs;
    let startMs = timestamp;
    let endMs = timestamp;
    let result: unknown = this.#options.initializer() ?? null;
    const merged: SessionEntry<unknown, unknown>[] = [];
    for (const session of this.#store.findSessions(key, timestamp - this.#gapMs, timestamp + this.#gapMs)) {
      merged.push(session);
      result = this.#merge(key, result, session.value);
      startMs = Math.min(startMs, session.startMs);
      endMs = Math.max(endMs, session.endMs);
    }
    if (endMs < closeTimeMs) {
      this.#context.dropped("late");
      return;
    }
    // A session of this one moment that is there already is overwritten, not taken away.
    if (startMs !== timestamp || endMs !== timestamp) {
      for (const session of merged) {
        this.#remove(session.key, session.startMs, session.endMs, session.value);
        yield;
      }
    }
    this.#put(key, startMs, endMs, result, value);
  }

  #remove(key: unknown, startMs: number, endMs: number, value: unknown): void {
    this.#store.remove(key, startMs, endMs);
    this.#forwardUpdate(key, startMs, endMs, null, value);
  }

  #put(key: unknown, startMs: number, endMs: number, merged: unknown, value: unknown): void {
    const newResult = this.#options.aggregator(merged, value, key) ?? null;
    this.#store.put(key, startMs, endMs, newResult);
    if (this.#finalResults !== undefined) {
      const closeMs = endMs + this.#graceMs + this.#gapMs + 1;
      if (closeMs > this.#lastCloseMs) this.#lastCloseMs = closeMs;
      this.#context.waits?.(closeMs);
    }
    this.#forwardUpdate(key, startMs, endMs, newResult, null);
  }

  override heldBack(): HeldBack | undefined {
    if (this.#lastCloseMs <= this.#observedMs) return undefined;
    return { kind: "window", count: undefined, untilStreamTimeMs: this.#lastCloseMs, streamTimeMs: this.#observedMs };
  }

  #merge(key: unknown, one: unknown, other: unknown): unknown {
    const { merger } = this.#options;
    return merger === undefined ? other : (merger(one, other, key) ?? null);
  }

  #forwardUpdate(key: unknown, startMs: number, endMs: number, newValue: unknown, oldValue: unknown): void {
    if (this.#finalResults === undefined && !this.#isCached)
      this.#forwardResult(key, startMs, endMs, newValue, this.#sendOldValues ? oldValue : null, noHeaders);
  }

  #forwardResult(key: unknown, startMs: number, endMs: number, newValue: unknown, oldValue: unknown, headers: Headers): void {
    const change = this.#change;
    change.newValue = newValue;
    change.oldValue = oldValue;
    change.isLatest = true;
    this.forward(this.#windowed(key, startMs, endMs), change, endMs, headers);
  }

  #windowed(key: unknown, startMs: number, endMs: number): Windowed<unknown> {
    const lent = this.#lentKey;
    if (lent === undefined || this.task.isDeferring) return { key, window: { startMs, endMs } };
    lent.key = key;
    lent.window.startMs = startMs;
    lent.window.endMs = endMs;
    return lent;
  }
}
