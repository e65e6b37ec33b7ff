import type { EventHeader } from "../binlog/binlog-event.ts";

/** Where in the binlog reading is: a file, and in it the place of the next event. */
export class BinlogPosition {
  #file: string;
  #next: bigint;

  constructor(file: string, next: bigint) {
    this.#file = file;
    this.#next = next;
  }

  get file(): string {
    return this.#file;
  }

  get next(): bigint {
    return this.#next;
  }

  rotate(file: string, next: bigint): void {
    this.#file = file;
    this.#next = next;
  }

  /** Goes behind an event, and says where it begins. Positions have 32 bits; those of a file that one transaction made larger go on behind them. */
  advance({ nextPosition, size }: EventHeader): bigint {
    if (nextPosition === 0) return this.#next;
    const high = this.#next >> 32n;
    let next = (high << 32n) | BigInt(nextPosition);
    if (next < this.#next) {
      // Made up for this connection, or beyond another 4 GiB.
      if (this.#next - next < 1n << 31n) return this.#next;
      next += 1n << 32n;
    }
    this.#next = next;
    return next - BigInt(size);
  }
}
