const NO_EPOCH = -1;
const FIRST_LENGTH = 4;

/** What is known of each outstanding record: the offset behind it, its leader epoch, whether it has ended. */
interface Ring {
  readonly length: number;
  readonly afters: Float64Array;
  readonly epochs: Int32Array;
  readonly ends: Uint8Array;
}

function makeRing(length: number): Ring {
  return { length, afters: new Float64Array(length), epochs: new Int32Array(length), ends: new Uint8Array(length) };
}

/**
 * Up to where one partition is done when its records end in any order. Each record that begins gets a ticket; the watermark passes a record only when it and all
 * before it have ended. At most `capacity` records are between the watermark and the last one begun.
 */
export class PartitionWatermark {
  readonly #capacity: number;
  /** By ticket modulo their length, which grows with what is outstanding: of ten thousand partitions most have a record or two at a time. */
  #ring: Ring;
  #first = 0;
  #next = 0;
  #offset: number | undefined;
  #epoch = NO_EPOCH;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#ring = makeRing(Math.min(capacity, FIRST_LENGTH));
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
    if (this.outstanding === this.#ring.length) this.#grow();
    const ticket = this.#next++;
    const { length, afters, epochs, ends } = this.#ring;
    const at = ticket % length;
    afters[at] = after;
    epochs[at] = epoch;
    ends[at] = 0;
    return ticket;
  }

  /** A record has ended. Returns whether the watermark moved. */
  end(ticket: number): boolean {
    const { length, afters, epochs, ends } = this.#ring;
    ends[ticket % length] = 1;
    if (ticket !== this.#first) return false;
    let at = ticket % length;
    while (this.#first < this.#next && ends[at] === 1) {
      this.#offset = afters[at]!;
      if (epochs[at]! >= 0) this.#epoch = epochs[at]!;
      this.#first++;
      at = this.#first % length;
    }
    return true;
  }

  /** Behind the last record begun there is nothing to be seen up to `offset`. Returns whether the watermark moved. */
  extend(offset: number): boolean {
    if (this.#first < this.#next) {
      this.#ring.afters[(this.#next - 1) % this.#ring.length] = offset;
      return false;
    }
    this.#offset = offset;
    return true;
  }

  #grow(): void {
    const from = this.#ring;
    const to = makeRing(Math.min(this.#capacity, from.length * 2));
    for (let ticket = this.#first; ticket < this.#next; ticket++) {
      const [before, now] = [ticket % from.length, ticket % to.length];
      to.afters[now] = from.afters[before]!;
      to.epochs[now] = from.epochs[before]!;
      to.ends[now] = from.ends[before]!;
    }
    this.#ring = to;
  }
}
