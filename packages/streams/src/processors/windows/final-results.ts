import { type Headers, noHeaders } from "../../record.ts";
import type { StoreIterator } from "../../stores/store.ts";
import type { FanOut, FanOutWalk, Operator, OperatorContext } from "../operator.ts";

/** What an operator does with a record, apart from the windows that it closes. */
export interface FinalResultsOwner<Entry> extends Operator {
  /** The windows of the store that the two times say. */
  closed(fromMs: number, toMs: number): StoreIterator<Entry>;
  /** Puts the record down. Forwards nothing. */
  fold(key: unknown, value: unknown, timestamp: number, headers: Headers): void;
  give(entry: Entry, headers: Headers): void;
}

type Stage = "taking" | "folding" | "giving";

/**
 * The final results of windows: due at most once in an interval of the machine's clock, since they cost a walk over a store, and only when stream time went on. They are taken from the store
 * before the record that closed them is put down, for a record far ahead of all others lets the store forget windows that were not given on yet (Java reads them after it, and loses them);
 * they go on after it, as Java's do. A record whose fold throws in between leaves them to the next one.
 *
 * Stream time may run much faster than the machine's clock, as when an application catches up: what the store is about to forget is due whatever the clock says. (Java waits for the clock, and loses it.)
 *
 * Each window taken, the fold, and each window given on is a step of a {@link FanOut}: there may be a hundred thousand.
 */
export class FinalResults<Entry> implements FanOut, FanOutWalk {
  readonly operator: FinalResultsOwner<Entry>;
  readonly #context: OperatorContext;
  readonly #metadataName: string;
  /** By the machine's clock, when it was looked last. */
  #lookedMs = -Infinity;
  #lastCloseTimeMs: number;
  /** What waits to be given on, from the first that was not. */
  #taken: Entry[] = [];
  #givenCount = 0;
  /** How many of them a record before has left. */
  #leftCount = 0;
  #stage: Stage = "folding";
  #walk: StoreIterator<Entry> | undefined;
  /** Up to when it is looked, for windows of which times; undefined: it is not. */
  #closeTimeMs: number | undefined;
  #fromMs = 0;
  #toMs = 0;
  /** The record that it is about. */
  key: unknown;
  value: unknown;
  #timestamp = -1;
  #headers: Headers = noHeaders;

  constructor(context: OperatorContext, storeName: string, operator: FinalResultsOwner<Entry>) {
    this.operator = operator;
    this.#context = context;
    this.#metadataName = `emitted.${storeName}`;
    this.#lastCloseTimeMs = context.metadata.get(this.#metadataName) ?? -1;
  }

  /** `forgottenMs`: with this record the store may forget windows that close up to then. */
  isDue(closeTimeMs: number, forgottenMs: number): boolean {
    const nowMs = this.#context.systemTimeMs();
    // A clock that was put back says nothing of how long it is since then.
    const isSoon = nowMs >= this.#lookedMs && nowMs - this.#lookedMs < this.#context.emitIntervalMs;
    if (isSoon && forgottenMs <= this.#lastCloseTimeMs) return false;
    this.#lookedMs = nowMs;
    return this.#lastCloseTimeMs === -1 || this.#lastCloseTimeMs < closeTimeMs;
  }

  /** Up to when windows have been taken; −1: none has. */
  get lastCloseTimeMs(): number {
    return this.#lastCloseTimeMs;
  }

  /**
   * Takes what has closed by then, of windows of these times, puts the record down and gives on what was taken; the operator's last act. Without a close time nothing is looked for, but what was left is given on.
   */
  process(
    closeTimeMs: number | undefined,
    fromMs: number,
    toMs: number,
    key: unknown,
    value: unknown,
    timestamp: number,
    headers: Headers,
  ): void {
    if (closeTimeMs === undefined && this.#taken.length === 0) {
      this.operator.fold(key, value, timestamp, headers);
      return;
    }
    this.#closeTimeMs = closeTimeMs;
    this.#fromMs = fromMs;
    this.#toMs = toMs;
    this.key = key;
    this.value = value;
    this.#timestamp = timestamp;
    this.#headers = headers;
    this.#context.fanOut(this);
  }

  begin(): FanOutWalk {
    this.#stage = this.#closeTimeMs === undefined ? "folding" : "taking";
    this.#leftCount = this.#taken.length;
    return this;
  }

  next(): boolean {
    switch (this.#stage) {
      case "taking":
        this.#take();
        return true;
      case "folding":
        this.operator.fold(this.key, this.value, this.#timestamp, this.#headers);
        this.#stage = "giving";
        if (this.#taken.length > 0) this.#remember();
        return this.#taken.length > 0;
      case "giving":
        return this.#give();
    }
  }

  /** All of it is done, or a step failed: what was taken of a walk that did not come to its end is taken again by the next one. */
  close(): void {
    this.#walk?.[Symbol.dispose]();
    this.#walk = undefined;
    if (this.#stage === "taking") this.#taken.length = this.#leftCount;
  }

  #take(): void {
    this.#walk ??= this.operator.closed(this.#fromMs, this.#toMs);
    const { done, value } = this.#walk.next();
    if (done !== true) {
      this.#taken.push(value);
      return;
    }
    this.#walk = undefined;
    this.#lastCloseTimeMs = this.#closeTimeMs!;
    this.#closeTimeMs = undefined;
    this.#stage = "folding";
    if (this.#taken.length === 0) this.#remember();
  }

  #give(): boolean {
    const entry = this.#taken[this.#givenCount++];
    if (entry === undefined) {
      this.#taken = [];
      this.#givenCount = 0;
      return false;
    }
    this.operator.give(entry, this.#headers);
    return true;
  }

  /** Known again after a restart, so that none is given on twice, and none not at all. */
  #remember(): void {
    this.#context.metadata.set(this.#metadataName, this.#lastCloseTimeMs);
  }
}
