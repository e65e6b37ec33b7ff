import type { RecordCursor } from "@ottla/protocol/records";
import { DIGEST_WORDS, type OffsetMap } from "./offset-map.ts";

/** What a record is to compaction. */
const VALUE = 0;
export const TOMBSTONE = 1;
/** A record without a key, which a compacted topic should not have: nothing supersedes it, and it does not stay. */
export const NO_KEY = 2;

const FIRST_RECORDS = 64;

/** Offsets, kinds and digested keys of the records of one batch, to be looked up together. One serves any number of batches. */
export class BatchKeys {
  offsets: Float64Array = new Float64Array(FIRST_RECORDS);
  kinds: Uint8Array = new Uint8Array(FIRST_RECORDS);
  count = 0;
  #digests = new Int32Array(FIRST_RECORDS * DIGEST_WORDS);
  #last = new Float64Array(FIRST_RECORDS);

  clear(): void {
    this.count = 0;
  }

  /** Takes the record that the cursor stands on. */
  add(map: OffsetMap, cursor: RecordCursor): void {
    if (this.count === this.kinds.length) this.#grow();
    const i = this.count++;
    this.offsets[i] = cursor.offset;
    const { keyLength } = cursor;
    this.kinds[i] = keyLength < 0 ? NO_KEY : cursor.valueLength < 0 ? TOMBSTONE : VALUE;
    map.digest(cursor.bytes, cursor.keyStart, keyLength < 0 ? 0 : keyLength, this.#digests, i);
  }

  /** What the map knows of each key; of one that is no key, anything. */
  lastOffsets(map: OffsetMap): Float64Array {
    map.getAll(this.#digests, this.#last, this.count);
    return this.#last;
  }

  /** Puts all keys into the map; false where they do not all find room. */
  putInto(map: OffsetMap, keysMax: number): boolean {
    return map.putAll(this.#digests, this.offsets, this.count, keysMax) === this.count;
  }

  #grow(): void {
    const grown = this.kinds.length * 2;
    const { offsets, kinds } = this;
    const digests = this.#digests;
    this.offsets = new Float64Array(grown);
    this.offsets.set(offsets);
    this.kinds = new Uint8Array(grown);
    this.kinds.set(kinds);
    this.#digests = new Int32Array(grown * DIGEST_WORDS);
    this.#digests.set(digests);
    this.#last = new Float64Array(grown);
  }
}
