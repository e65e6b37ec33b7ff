import type { PlaceInTransaction } from "./cdc-offset.ts";
import type { OpenTransaction } from "./open-transaction.ts";

/** How much of a transaction a reader before this one had handed on. */
export class DoneBefore {
  #done: PlaceInTransaction | undefined;
  readonly #isSameServer: boolean;

  /** `isSameServer`: the events are those of the reader before; another server divides rows into events otherwise. */
  constructor(done: PlaceInTransaction | undefined, isSameServer: boolean) {
    this.#done = done;
    this.#isSameServer = isSameServer;
  }

  /** Undefined: nothing, or what it was of came. */
  get place(): PlaceInTransaction | undefined {
    return this.#done;
  }

  isOf(open: OpenTransaction): boolean {
    const done = this.#done;
    return done !== undefined && (done.gtid === undefined || open.gtid === undefined || done.gtid === open.gtid);
  }

  /** How many records of the change at hand were handed on before; infinitely many: all. By the events of the same server's binlog, by the changes of another one's. */
  parts(open: OpenTransaction, event: number, row: number): number {
    const done = this.#done;
    if (done === undefined || !this.isOf(open)) return 0;
    const [ours, theirs] =
      this.#isSameServer || done.change === undefined
        ? ([
            [event, row],
            [done.event, done.row],
          ] as const)
        : ([
            [open.change, 0],
            [done.change, 0],
          ] as const);
    if (ours[0] < theirs[0] || (ours[0] === theirs[0] && ours[1] < theirs[1])) return Number.POSITIVE_INFINITY;
    return ours[0] === theirs[0] && ours[1] === theirs[1] ? done.part : 0;
  }

  /** The transaction is done. */
  end(open: OpenTransaction): void {
    if (this.isOf(open)) this.#done = undefined;
  }
}
