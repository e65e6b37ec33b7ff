import type { Headers, Windowed } from "../../record.ts";
import type { Eviction, SuppressBuffer } from "../../stores/suppress/suppress-buffer.ts";
import { StreamsError } from "../../streams-error.ts";
import { Change } from "../change.ts";
import { type FanOut, type FanOutWalk, type HeldBack, Operator, type OperatorContext } from "../operator.ts";

/** How long changes are held back, and in how much room. */
export interface SuppressLimits {
  readonly storeName: string;
  /** Only final results of windows: changes wait for their window's end, and deletions are dropped. Else they wait for their record's time. */
  readonly untilWindowCloses: boolean;
  /** After the window's end (its grace), or after the record's time. */
  readonly waitMs: number;
  readonly maxRecords: number;
  readonly maxBytes: number;
  readonly whenFull: "emit" | "shutdown";
}

/** Holds changes back until stream time, of the records it is given itself, has gone on so far, or until there is no more room. */
export class SuppressOperator extends Operator implements FanOut, FanOutWalk {
  readonly operator = this;
  readonly #limits: SuppressLimits;
  readonly #change = new Change<unknown>(null, null);
  #context!: OperatorContext;
  #buffer!: SuppressBuffer<unknown, unknown>;
  #observedMs = -1;
  /** Of the record that lets changes go. */
  key: unknown;
  value: unknown;
  readonly #emit = (eviction: Eviction<unknown, unknown>): void => this.#forwardEvicted(eviction);

  constructor(limits: SuppressLimits) {
    super();
    this.#limits = limits;
  }

  override init(context: OperatorContext): void {
    this.#context = context;
    this.#buffer = context.store(this.#limits.storeName);
  }

  override process(key: unknown, value: unknown, timestamp: number, _headers: Headers): void {
    const { untilWindowCloses, waitMs } = this.#limits;
    const buffer = this.#buffer;
    const change = value as Change;
    if (timestamp > this.#observedMs) this.#observedMs = timestamp;
    const timeMs = untilWindowCloses ? (key as Windowed<unknown>).window.endMs : timestamp;
    if (timeMs > this.#observedMs - waitMs) this.#context.waits?.(timeMs + waitMs);
    buffer.put(timeMs, key, change.newValue, change.oldValue);
    if (!this.#isDue() && !this.#isOverFull()) return;
    this.key = key;
    this.value = value;
    this.#context.fanOut(this);
  }

  begin(): FanOutWalk {
    return this;
  }

  /** Gives up the next change whose time has come, or for which there is no room. */
  next(): boolean {
    if (this.#isDue()) return this.#buffer.evict(this.#emit);
    if (!this.#isOverFull()) return false;
    if (this.#limits.whenFull === "shutdown") throw this.#noRoom();
    return this.#buffer.evict(this.#emit);
  }

  override heldBack(): HeldBack | undefined {
    const { numRecords, minTimeMs } = this.#buffer;
    if (numRecords === 0) return undefined;
    return { kind: "suppress", count: numRecords, untilStreamTimeMs: minTimeMs + this.#limits.waitMs, streamTimeMs: this.#observedMs };
  }

  #noRoom(): StreamsError {
    const { numRecords, sizeBytes } = this.#buffer;
    const { maxRecords, maxBytes } = this.#limits;
    return new StreamsError(
      "STREAMS_PROCESSING",
      `${this.name} holds ${numRecords} of at most ${maxRecords} records and ${sizeBytes} of at most ${maxBytes} bytes: give it more room, or let it emit early.`,
      { place: { node: this.name, key: this.key } },
    );
  }

  #isDue(): boolean {
    return this.#buffer.minTimeMs <= this.#observedMs - this.#limits.waitMs;
  }

  #isOverFull(): boolean {
    return this.#buffer.numRecords > this.#limits.maxRecords || this.#buffer.sizeBytes > this.#limits.maxBytes;
  }

  #forwardEvicted({ key, newValue, oldValue, position }: Eviction<unknown, unknown>): void {
    // A result that never was given on needs no deletion.
    if (newValue === null && this.#limits.untilWindowCloses) return;
    const change = this.#change;
    change.newValue = newValue;
    change.oldValue = oldValue;
    change.isLatest = true;
    this.forwardFrom(position, key, change);
  }
}
