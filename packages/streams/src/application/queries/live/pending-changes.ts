/** A change that waits for somebody; a null value is a deletion. */
export interface PendingChange {
  readonly partition: number;
  readonly key: Uint8Array;
  readonly startMs: number;
  readonly endMs: number;
  readonly value: Uint8Array | null;
  readonly timestamp: number;
}

/**
 * The changes that a reader has not taken yet: of each key (in its window, session or version) the latest, so that a slow reader skips what is over by then, and is told how many those were. When too many keys or bytes wait, further
 * keys are lost, and their number is told: the reader has to read the store anew.
 */
export class PendingChanges {
  readonly #changes = new Map<string, PendingChange>();
  readonly #keysMax: number;
  readonly #bytesMax: number;
  #bytes = 0;
  #skipped = 0;
  #lost = 0;

  constructor(keysMax: number, bytesMax: number) {
    this.#keysMax = keysMax;
    this.#bytesMax = bytesMax;
  }

  get size(): number {
    return this.#changes.size;
  }

  /** `name`: {@link nameOf} of the change, made once for all that are told of it. */
  put(name: string, change: PendingChange): void {
    const before = this.#changes.get(name);
    const bytes = bytesOf(change);
    if (before === undefined && (this.#changes.size >= this.#keysMax || this.#bytes + bytes > this.#bytesMax)) {
      this.#lost++;
      return;
    }
    if (before !== undefined) {
      this.#skipped++;
      this.#bytes -= bytesOf(before);
      // Behind what changed before it.
      this.#changes.delete(name);
    }
    this.#bytes += bytes;
    this.#changes.set(name, change);
  }

  /** The one that changed longest ago. */
  take(): PendingChange | undefined {
    for (const [name, change] of this.#changes) {
      this.#changes.delete(name);
      this.#bytes -= bytesOf(change);
      return change;
    }
    return undefined;
  }

  /** What waits of a partition is not wanted any more. */
  forget(partition: number): void {
    for (const [name, change] of this.#changes) {
      if (change.partition !== partition) continue;
      this.#changes.delete(name);
      this.#bytes -= bytesOf(change);
    }
  }

  /** How many changes were skipped for later ones of their keys, and how many are lost, since it was asked last. */
  takeCounts(): { readonly skipped: number; readonly lost: number } {
    const counts = { skipped: this.#skipped, lost: this.#lost };
    this.#skipped = 0;
    this.#lost = 0;
    return counts;
  }
}

function bytesOf({ key, value }: PendingChange): number {
  return key.length + (value?.length ?? 0);
}

/** Of a key of a partition, in its window, session or version. */
export function nameOf(partition: number, key: Uint8Array, startMs: number, endMs: number): string {
  return `${partition} ${startMs} ${endMs} ${Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString("latin1")}`;
}
