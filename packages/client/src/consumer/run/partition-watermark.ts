const NO_EPOCH = -1;

/**
 * Up to where one partition is done when its records end in any order. Each record that begins gets a ticket; the watermark passes a record only when it and all
 * before it have ended. At most `capacity` records are between the watermark and the last one begun.
 */
export class PartitionWatermark {
  readonly #capacity: number;
  /** By ticket modulo capacity: the offset behind the record, its leader epoch, whether it has ended. */
  readonly #after: Float64Array;
  readonly #epochs: Int32Array;
  readonly #hasEnded: Uint8Array;
  #first = 0;
  #next = 0;
  #offset: number | undefined;
  #epoch = NO_EPOCH;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#after = new Float64Array(capacity);
    this.#epochs = new Int32Array(capacity);
    this.#hasEnded = new Uint8Array(capacity);
  }

  /** The next offset to be read by whoever goes on after all that has ended; undefined when nothing has. */
  get offset(): number | undefined {
    return this.#offset;
  }

  /** Leader epoch of the last record before {@link offset}; −1: unknown. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Begun, and not passed. */
  get outstanding(): number {
    return this.#next - this.#first;
  }

  get isFull(): boolean {
    return this.#next - this.#first >= this.#capacity;
  }

  /** A record begins; `after` is the offset behind it. Must not be called when full. Returns its ticket. */
  begin(after: number, epoch: number): number {
    const ticket = this.#next++;
    const at = ticket % this.#capacity;
    this.#after[at] = after;
    this.#epochs[at] = epoch;
    this.#hasEnded[at] = 0;
    return ticket;
  }

  /** A record has ended. Returns whether the watermark moved. */
  end(ticket: number): boolean {
    this.#hasEnded[ticket % this.#capacity] = 1;
    if (ticket !== this.#first) return false;
    let at = ticket % this.#capacity;
    while (this.#first < this.#next && this.#hasEnded[at] === 1) {
      this.#offset = this.#after[at]!;
      if (this.#epochs[at]! >= 0) this.#epoch = this.#epochs[at]!;
      this.#first++;
      at = this.#first % this.#capacity;
    }
    return true;
  }

  /** Behind the last record begun there is nothing to be seen up to `offset`. Returns whether the watermark moved. */
  extend(offset: number): boolean {
    if (this.#first < this.#next) {
      this.#after[(this.#next - 1) % this.#capacity] = offset;
      return false;
    }
    this.#offset = offset;
    return true;
  }
}
