import type { OperatorContext } from "../operator.ts";

/**
 * The final results of windows: due at most once in an interval of the machine's clock, since they cost a walk over a store, and only when stream time went on. They are taken from the store
 * before the record that closed them is put down, for a record far ahead of all others lets the store forget windows that were not given on yet (Java reads them after it, and loses them);
 * they go on after it, as Java's do. A record whose fold throws in between leaves them to the next one.
 *
 * Stream time may run much faster than the machine's clock, as when an application catches up: what the store is about to forget is due whatever the clock says. (Java waits for the clock, and loses it.)
 */
export class FinalResults<Entry> {
  readonly #context: OperatorContext;
  readonly #metadataName: string;
  /** By the machine's clock, when it was looked last. */
  #lookedMs = -Infinity;
  #lastCloseTimeMs: number;
  #taken: Entry[] = [];

  constructor(context: OperatorContext, storeName: string) {
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

  take(closed: Iterable<Entry>, closeTimeMs: number): void {
    for (const entry of closed) this.#taken.push(entry);
    this.#lastCloseTimeMs = closeTimeMs;
    if (this.#taken.length === 0) this.#remember();
  }

  /** What was taken and is to go on now. */
  release(): readonly Entry[] {
    if (this.#taken.length === 0) return this.#taken;
    const taken = this.#taken;
    this.#taken = [];
    this.#remember();
    return taken;
  }

  /** Known again after a restart, so that none is given on twice, and none not at all. */
  #remember(): void {
    this.#context.metadata.set(this.#metadataName, this.#lastCloseTimeMs);
  }
}
