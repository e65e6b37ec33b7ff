/** A change of a store; a null value is a deletion. */
export interface StoreChange {
  readonly partition: number;
  readonly key: Uint8Array;
  readonly startMs: number;
  readonly endMs: number;
  readonly value: Uint8Array | null;
  readonly timestamp: number;
}

/** So many keys and bytes wait for the slowest of those who read. */
const KEYS_MAX = 10_000;
const BYTES_MAX = 4 * 1024 * 1024;
/** At its bounds it comes down to that share of them, so that room is not made with each change. */
const KEPT_SHARE = 0.75;
const ENTRIES_BEFORE_SWEEP = 1_024;

interface Entry {
  readonly sequence: number;
  readonly name: string;
  /** Undefined: a later one of its key is behind it. */
  change: StoreChange | undefined;
}

/**
 * The changes of a store in their order, of each key (in its window, session or version) the latest, for all who read them: a change costs the same however many these are. Each reads on from its own place; who is slow skips what is over
 * by then, and is told how many changes those were. When too many keys or bytes wait for the slowest, the oldest go, and are lost to whoever has not read them: he is told how many, and has to read the store anew.
 */
export class ChangeLog {
  /** What is to be done when the last of them goes. */
  readonly #readers = new Map<ChangeReader, () => void>();
  readonly #latest = new Map<string, Entry>();
  readonly #keysMax: number;
  readonly #bytesMax: number;
  #entries: Entry[] = [];
  #nextSequence = 0;
  #bytes = 0;
  #sweepAt = ENTRIES_BEFORE_SWEEP;

  constructor(keysMax = KEYS_MAX, bytesMax = BYTES_MAX) {
    this.#keysMax = keysMax;
    this.#bytesMax = bytesMax;
  }

  /** How many keys wait. */
  get size(): number {
    return this.#latest.size;
  }

  /** Reads what is put from now on. `onUnread`: this was the last who did, and has ended. */
  read(onUnread: () => void = () => {}): ChangeReader {
    const reader = new ChangeReader(this, this.#nextSequence);
    this.#readers.set(reader, onUnread);
    return reader;
  }

  end(reader: ChangeReader): void {
    const onUnread = this.#readers.get(reader);
    if (this.#readers.delete(reader) && this.#readers.size === 0) onUnread?.();
  }

  /** `name`: of its key, in its window, session or version. Keeps the change. */
  put(name: string, change: StoreChange): void {
    const before = this.#latest.get(name);
    if (before !== undefined) {
      this.#bytes -= bytesOf(before.change!);
      before.change = undefined;
    }
    const entry = { sequence: this.#nextSequence++, name, change };
    this.#entries.push(entry);
    this.#latest.set(name, entry);
    this.#bytes += bytesOf(change);
    if (this.#latest.size > this.#keysMax || this.#bytes > this.#bytesMax || this.#entries.length >= this.#sweepAt) this.#sweep();
  }

  /** Gives `use` what is to be read from a place on, up to `max` changes; returns the next place. */
  from(place: number, max: number, use: (change: StoreChange | undefined) => void): number {
    let count = 0;
    let next = place;
    for (let index = this.#indexOf(place); index < this.#entries.length && count < max; index++) {
      const { sequence, change } = this.#entries[index]!;
      if (change !== undefined) count++;
      use(change);
      next = sequence + 1;
    }
    return next;
  }

  /** Something is behind that place. */
  hasFrom(place: number): boolean {
    return this.#nextSequence > place && this.#indexOf(place) < this.#entries.length;
  }

  /** Lets go what all have read and what is over, and the oldest where there is too much. */
  #sweep(): void {
    let slowest = this.#nextSequence;
    for (const { place } of this.#readers.keys()) slowest = Math.min(slowest, place);
    const kept: Entry[] = [];
    const gone: GoneEntries = { over: [0], lost: [0] };
    const isTooMuch = (share: number) => this.#latest.size > this.#keysMax * share || this.#bytes > this.#bytesMax * share;
    for (const entry of this.#entries) if (entry.sequence < slowest) this.#forget(entry);
    const share = isTooMuch(1) ? KEPT_SHARE : 1;
    for (const entry of this.#entries) {
      const isLost = entry.change !== undefined && isTooMuch(share);
      const isOver = entry.change === undefined;
      gone.over.push(gone.over.at(-1)! + (isOver ? 1 : 0));
      gone.lost.push(gone.lost.at(-1)! + (isLost ? 1 : 0));
      if (isLost) this.#forget(entry);
      else if (!isOver) kept.push(entry);
    }
    for (const reader of this.#readers.keys()) {
      const index = this.#indexOf(reader.place);
      reader.missed(gone.over.at(-1)! - gone.over[index]!, gone.lost.at(-1)! - gone.lost[index]!);
    }
    this.#entries = kept;
    this.#sweepAt = Math.max(ENTRIES_BEFORE_SWEEP, 2 * kept.length);
  }

  #forget(entry: Entry): void {
    if (entry.change === undefined) return;
    this.#bytes -= bytesOf(entry.change);
    this.#latest.delete(entry.name);
    entry.change = undefined;
  }

  /** Of the first entry at that place or behind it. */
  #indexOf(place: number): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#entries[middle]!.sequence < place) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Before each entry, and behind the last: how many before it were over, and how many are lost. */
interface GoneEntries {
  readonly over: number[];
  readonly lost: number[];
}

/** Who reads a {@link ChangeLog}, and how far. */
export class ChangeReader {
  readonly #log: ChangeLog;
  #place: number;
  #skipped = 0;
  #lost = 0;

  constructor(log: ChangeLog, place: number) {
    this.#log = log;
    this.#place = place;
  }

  get place(): number {
    return this.#place;
  }

  get hasMore(): boolean {
    return this.#log.hasFrom(this.#place);
  }

  /** Adds up to `max` changes, those first that came first. */
  take(max: number, into: StoreChange[]): void {
    this.#place = this.#log.from(this.#place, max, (change) => {
      if (change === undefined) this.#skipped++;
      else into.push(change);
    });
  }

  /** How many changes were skipped for later ones of their keys, and how many are lost, since it was asked last. */
  takeCounts(): { readonly skipped: number; readonly lost: number } {
    const counts = { skipped: this.#skipped, lost: this.#lost };
    this.#skipped = 0;
    this.#lost = 0;
    return counts;
  }

  missed(skipped: number, lost: number): void {
    this.#skipped += skipped;
    this.#lost += lost;
  }

  close(): void {
    this.#log.end(this);
  }
}

function bytesOf({ key, value }: StoreChange): number {
  return key.length + (value?.length ?? 0);
}
