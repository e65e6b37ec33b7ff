import type { Clock, Logger } from "@ottla/base";
import type { LateKind, RowSource, SourceDatabase } from "./source-database.ts";

const WARN_AFTER_MS = 10_000;

/**
 * Up to where no open transaction can add a row any more. A number or a time is drawn before its row is committed, so a row may come behind others that were drawn later. A bound is taken, then the transactions that are open:
 * when all of these have ended, whatever is below the bound can be seen.
 */
export class LateRows {
  readonly #from: RowSource;
  readonly #kind: LateKind;
  readonly #clock: Clock;
  readonly #log: Logger;
  /** `waiting`: undefined until it could be told who is open. */
  #candidate:
    | { readonly bound: bigint; waiting: ReadonlySet<string> | undefined; readonly sinceMs: number; askedMs: number; isTold: boolean }
    | undefined;

  constructor(from: RowSource, kind: LateKind, clock: Clock, log: Logger) {
    this.#from = from;
    this.#kind = kind;
    this.#clock = clock;
    this.#log = log;
  }

  /** Whether a bound waits for open transactions. */
  get isHeld(): boolean {
    return this.#candidate !== undefined;
  }

  /** How long reading has waited for open transactions; 0: it does not. */
  get heldBackMs(): number {
    return this.#candidate === undefined ? 0 : this.#clock.monotonicMs() - this.#candidate.sinceMs;
  }

  /** Undefined: not yet, or there is nothing. */
  async bound(database: SourceDatabase, next: () => Promise<bigint | undefined>): Promise<bigint | undefined> {
    if (this.#candidate === undefined) {
      const bound = await next();
      if (bound === undefined) return undefined;
      const sinceMs = this.#clock.monotonicMs();
      this.#candidate = { bound, waiting: undefined, sinceMs, askedMs: sinceMs, isTold: false };
    }
    const candidate = this.#candidate;
    const open = await database.openTransactions(this.#from, this.#kind, candidate.askedMs);
    if (open !== undefined) {
      candidate.askedMs = this.#clock.monotonicMs();
      candidate.waiting = candidate.waiting === undefined ? open : new Set([...candidate.waiting].filter((each) => open.has(each)));
    }
    const { bound, waiting, isTold } = candidate;
    if (waiting?.size === 0) {
      this.#candidate = undefined;
      return bound;
    }
    if (!isTold && this.heldBackMs > WARN_AFTER_MS) {
      this.#candidate.isTold = true;
      this.#log.warn(
        "rows are held back by transactions that are open and may still add earlier ones; end them, or set ottla.open.transactions=ignore and lose those rows",
        {
          from: this.#from.name,
          heldBackMs: Math.round(this.heldBackMs),
          transactions:
            waiting === undefined
              ? "not seen yet: the server's list of them is asked for by others all the time"
              : [...waiting].slice(0, 10),
        },
      );
    }
    return undefined;
  }

  /** Another session: what was open is asked anew. */
  forget(): void {
    this.#candidate = undefined;
  }
}
