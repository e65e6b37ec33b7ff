import { compareBytes } from "./bytes/compare-bytes.ts";
import type { KeyValueBytes, StoredEntry } from "./key-value/key-value-bytes.ts";
import type { Walk } from "./store-walk.ts";

/** What stands before a store: a value that hides the store's, or null, which hides that there is one. */
export interface Overlay {
  readonly key: Uint8Array;
  readonly value: Uint8Array | null;
  readonly timestamp: number;
}

/** All that stands before a store, sorted by key; undefined: from the first, or the last. Sees what changes ahead of it while it walks. */
export interface Overlays<O extends Overlay> {
  ascending(from: Uint8Array | undefined): () => O | undefined;
  descending(from: Uint8Array | undefined): () => O | undefined;
}

/** The entries of a store and those that stand before it, in one order; of one key the one before. Goes on where it was when `version` tells another number. `onSeen` is told each of those before it when it is looked at, and undefined when it was looked for one more. */
export class MergedWalk<O extends Overlay> implements Walk<StoredEntry> {
  readonly #store: Pick<KeyValueBytes, "walk">;
  readonly #overlay: Overlays<O>;
  readonly #version: () => number;
  readonly #from: Uint8Array | null;
  readonly #to: Uint8Array | null;
  readonly #isReverse: boolean;
  readonly #onSeen: ((entry: O | undefined) => void) | undefined;
  #seenVersion = -1;
  #stored: Walk<StoredEntry> | undefined;
  #nextStored: StoredEntry | undefined;
  #overlaid: (() => O | undefined) | undefined;
  #nextOverlaid: O | undefined;
  #last: Uint8Array | undefined;
  /** The one that `onSeen` was told of last. */
  #seen: O | undefined;
  #isClosed = false;

  constructor(
    store: Pick<KeyValueBytes, "walk">,
    overlay: Overlays<O>,
    version: () => number,
    from: Uint8Array | null,
    to: Uint8Array | null,
    isReverse: boolean,
    onSeen?: (entry: O | undefined) => void,
  ) {
    this.#store = store;
    this.#overlay = overlay;
    this.#version = version;
    this.#from = from;
    this.#to = to;
    this.#isReverse = isReverse;
    this.#onSeen = onSeen;
  }

  next(): StoredEntry | undefined {
    while (!this.#isClosed) {
      if (this.#seenVersion !== this.#version()) this.#begin();
      const stored = this.#nextStored;
      const overlaid = this.#takeOverlaid(stored);
      if (overlaid === undefined) {
        if (stored === undefined) break;
        this.#nextStored = this.#stored!.next();
        this.#last = stored.key;
        return stored;
      }
      if (stored !== undefined && compareBytes(stored.key, overlaid.key) === 0) this.#nextStored = this.#stored!.next();
      this.#last = overlaid.key;
      if (overlaid.value !== null) return overlaid as StoredEntry;
    }
    this.close();
    return undefined;
  }

  close(): void {
    this.#isClosed = true;
    this.#stored?.close();
  }

  /** The next one before the store, if it comes before the stored one or in its place. */
  #takeOverlaid(stored: StoredEntry | undefined): O | undefined {
    this.#nextOverlaid ??= this.#overlaidAhead();
    const overlaid = this.#nextOverlaid;
    if (overlaid === undefined || this.#isBeyond(overlaid.key)) {
      this.#onSeen?.(undefined);
      return undefined;
    }
    if (overlaid !== this.#seen) {
      this.#seen = overlaid;
      this.#onSeen?.(overlaid);
    }
    if (stored !== undefined) {
      const order = compareBytes(overlaid.key, stored.key);
      if (this.#isReverse ? order < 0 : order > 0) return undefined;
    }
    this.#nextOverlaid = undefined;
    return overlaid;
  }

  /** What was put meanwhile where the walk has been already is passed over: it gives each key once. */
  #overlaidAhead(): O | undefined {
    const next = this.#overlaid!;
    const last = this.#last;
    let overlaid = next();
    while (overlaid !== undefined && last !== undefined) {
      const order = compareBytes(overlaid.key, last);
      if (this.#isReverse ? order < 0 : order > 0) break;
      overlaid = next();
    }
    return overlaid;
  }

  #isBeyond(key: Uint8Array): boolean {
    if (this.#isReverse) return this.#from !== null && compareBytes(key, this.#from) < 0;
    return this.#to !== null && compareBytes(key, this.#to) > 0;
  }

  /** From the beginning, or from where it was. */
  #begin(): void {
    this.#seenVersion = this.#version();
    this.#stored?.close();
    this.#nextOverlaid = undefined;
    const last = this.#last;
    const from = this.#isReverse ? this.#from : (last ?? this.#from);
    const to = this.#isReverse ? (last ?? this.#to) : this.#to;
    this.#stored = this.#store.walk(from, to, this.#isReverse);
    this.#nextStored = this.#stored.next();
    this.#overlaid = this.#isReverse ? this.#overlay.descending(to ?? undefined) : this.#overlay.ascending(from ?? undefined);
    if (last === undefined) return;
    if (this.#nextStored !== undefined && compareBytes(this.#nextStored.key, last) === 0) this.#nextStored = this.#stored.next();
  }
}
