import { copiedBytes } from "../../../stores/bytes/owned-bytes.ts";

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

  /** Takes copies. */
  put(partition: number, key: Uint8Array, value: Uint8Array | null, timestamp: number, startMs: number, endMs: number): void {
    const name = `${partition} ${startMs} ${endMs} ${Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString("latin1")}`;
    const before = this.#changes.get(name);
    const bytes = key.length + (value?.length ?? 0);
    if (before === undefined && (this.#changes.size >= this.#keysMax || this.#bytes + bytes > this.#bytesMax)) {
      this.#lost++;
      return;
    }
    if (before !== undefined) {
      this.#skipped++;
      this.#bytes -= before.key.length + (before.value?.length ?? 0);
      // Behind what changed before it.
      this.#changes.delete(name);
    }
    this.#bytes += bytes;
    this.#changes.set(name, {
      partition,
      key: copiedBytes(key),
      value: value === null ? null : copiedBytes(value),
      timestamp,
      startMs,
      endMs,
    });
  }

  /** The one that changed longest ago. */
  take(): PendingChange | undefined {
    for (const [name, change] of this.#changes) {
      this.#changes.delete(name);
      this.#bytes -= change.key.length + (change.value?.length ?? 0);
      return change;
    }
    return undefined;
  }

  /** What waits of a partition is not wanted any more. */
  forget(partition: number): void {
    for (const [name, change] of this.#changes) {
      if (change.partition !== partition) continue;
      this.#changes.delete(name);
      this.#bytes -= change.key.length + (change.value?.length ?? 0);
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
