import { invariant } from "@ottla/base";

/** int32 hash × 3 · uint32 offset − base + 1, 0 for a slot that nobody uses: a slot never lies across two lines of the processor's cache. */
const WORDS_PER_SLOT = 4;
/** What one key takes, in bytes. */
export const SLOT_BYTES: number = WORDS_PER_SLOT * 4;
/** int32 × 4 of one key's hash. */
export const DIGEST_WORDS = 4;
const TWO_32 = 4294967296;
/** Offsets that one map can tell apart: from the first one on to below so much behind it. */
const OFFSET_RANGE_MAX = TWO_32 - 1;

/** Four random words that nobody outside the process knows: who picks keys then cannot pick two that look the same. */
export type MapSecret = readonly [number, number, number, number];

/**
 * The last offset of each key, in memory of a fixed size. Keys are known by a hash of 128 bits alone: two keyed HalfSipHash-1-3 of 64 bits side by side, of which 96 bits
 * are stored and 32 say where. Two of n keys look the same with a probability below n² / 2^97: for the seven million keys of Kafka's default memory 3·10^−16, and then the
 * older record of one of them would go. Slots are probed one after another. Digests are made first and looked up many at a time, so that the memory's delays overlap.
 */
export class OffsetMap {
  readonly slots: number;
  readonly #words: Int32Array;
  readonly #secret: MapSecret;
  #baseOffset = 0;
  #size = 0;

  constructor(slots: number, secret: MapSecret) {
    this.slots = slots;
    this.#words = new Int32Array(slots * WORDS_PER_SLOT);
    this.#secret = secret;
  }

  /** Makes room for offsets from `from` to `last`; false where the map holds keys that lie too far before. The first call says where the map begins: a log may have a gap in front of what is put. */
  admits(from: number, last: number): boolean {
    if (this.#size === 0) this.#baseOffset = from;
    return last - this.#baseOffset < OFFSET_RANGE_MAX;
  }

  /** How many keys there are. */
  get size(): number {
    return this.#size;
  }

  /**
   * Remembers of each of `count` keys the offset beside its digest; one that was put before is forgotten. Ends before the key that would be more than `keysMax`, and returns
   * how many were put. One slot must stay free.
   */
  putAll(digests: Int32Array, offsets: Float64Array, count: number, keysMax: number): number {
    const words = this.#words;
    const base = this.#baseOffset - 1;
    invariant(keysMax < this.slots, "an offset map has no slot that stays free");
    for (let i = 0; i < count; i++) {
      const at = this.#find(digests, i * DIGEST_WORDS);
      if (words[at + 3] === 0) {
        if (this.#size >= keysMax) return i;
        words[at] = digests[i * DIGEST_WORDS]!;
        words[at + 1] = digests[i * DIGEST_WORDS + 1]!;
        words[at + 2] = digests[i * DIGEST_WORDS + 2]!;
        this.#size++;
      }
      words[at + 3] = offsets[i]! - base;
    }
    return count;
  }

  /** Writes the last offset put for each of `count` keys into `offsets`; −1 where there is none. */
  getAll(digests: Int32Array, offsets: Float64Array, count: number): void {
    const words = this.#words;
    const base = this.#baseOffset - 1;
    for (let i = 0; i < count; i++) {
      const relative = words[this.#find(digests, i * DIGEST_WORDS) + 3]! >>> 0;
      offsets[i] = relative === 0 ? -1 : base + relative;
    }
  }

  /** Where the key of a digest is, or would be. */
  #find(digests: Int32Array, digest: number): number {
    const words = this.#words;
    const hash0 = digests[digest]!;
    const hash1 = digests[digest + 1]!;
    const hash2 = digests[digest + 2]!;
    let at = Math.floor(((digests[digest + 3]! >>> 0) / TWO_32) * this.slots) * WORDS_PER_SLOT;
    while (words[at + 3] !== 0 && (words[at] !== hash0 || words[at + 1] !== hash1 || words[at + 2] !== hash2)) {
      at += WORDS_PER_SLOT;
      if (at === words.length) at = 0;
    }
    return at;
  }

  /** Writes the hash of a key as the `digest`-th of `target`: both hashes in one loop. Source: HalfSipHash with 64 bits of output, of the SipHash reference, with one round a word and three at the end. */
  digest(b: Buffer, start: number, length: number, target: Int32Array, digest: number): void {
    const [k0, k1, l0, l1] = this.#secret;
    let v0 = k0;
    let v1 = k1 ^ 0xee;
    let v2 = 0x6c796765 ^ k0;
    let v3 = 0x74656462 ^ k1;
    let w0 = l0;
    let w1 = l1 ^ 0xee;
    let w2 = 0x6c796765 ^ l0;
    let w3 = 0x74656462 ^ l1;
    let out = 0;
    let otherOut = 0;
    const lastWord = start + (length & ~3);
    // Words, then the rest with the length, then the two halves of the output, three rounds each.
    for (let at = start, step = 0; step < 7; ) {
      let m = 0;
      if (at < lastWord) {
        m = b[at]! | (b[at + 1]! << 8) | (b[at + 2]! << 16) | (b[at + 3]! << 24);
        at += 4;
      } else {
        if (step === 0) {
          m = length << 24;
          if ((length & 3) > 2) m |= b[at + 2]! << 16;
          if ((length & 3) > 1) m |= b[at + 1]! << 8;
          if ((length & 3) > 0) m |= b[at]!;
        } else if (step === 1) {
          v2 ^= 0xee;
          w2 ^= 0xee;
        } else if (step === 4) {
          out = v1 ^ v3;
          otherOut = w1 ^ w3;
          v1 ^= 0xdd;
          w1 ^= 0xdd;
        }
        step++;
      }
      v3 ^= m;
      w3 ^= m;
      v0 = (v0 + v1) | 0;
      w0 = (w0 + w1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      w1 = ((w1 << 5) | (w1 >>> 27)) ^ w0;
      v0 = (v0 << 16) | (v0 >>> 16);
      w0 = (w0 << 16) | (w0 >>> 16);
      v2 = (v2 + v3) | 0;
      w2 = (w2 + w3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      w3 = ((w3 << 8) | (w3 >>> 24)) ^ w2;
      v0 = (v0 + v3) | 0;
      w0 = (w0 + w3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      w3 = ((w3 << 7) | (w3 >>> 25)) ^ w0;
      v2 = (v2 + v1) | 0;
      w2 = (w2 + w1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      w1 = ((w1 << 13) | (w1 >>> 19)) ^ w2;
      v2 = (v2 << 16) | (v2 >>> 16);
      w2 = (w2 << 16) | (w2 >>> 16);
      v0 ^= m;
      w0 ^= m;
    }
    const at = digest * DIGEST_WORDS;
    target[at] = out;
    target[at + 1] = v1 ^ v3;
    target[at + 2] = otherOut;
    target[at + 3] = w1 ^ w3;
  }
}
