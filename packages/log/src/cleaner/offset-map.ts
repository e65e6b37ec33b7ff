import { invariant } from "@ottla/base";

/** int32 hash × 4 · uint32 low and high part of offset − base. */
const WORDS_PER_SLOT = 6;
/** What one key takes, in bytes. */
export const SLOT_BYTES: number = WORDS_PER_SLOT * 4;
const TWO_32 = 4294967296;
/** The high part of an offset is stored one higher: 0 is a slot that nobody uses. */
const USED = 1;

/** Four random words that nobody outside the process knows: who picks keys then cannot pick two that look the same. */
export type MapSecret = readonly [number, number, number, number];

/**
 * The last offset of each key, in memory of a fixed size. Keys are known by a hash of 128 bits alone: two keyed HalfSipHash-1-3 of 64 bits side by side. Two of n keys
 * look the same with a probability of about n² / 2^129: for five million keys 4·10^−26, and then the older record of one of them would go. Slots are probed one after another.
 */
export class OffsetMap {
  readonly slots: number;
  readonly #words: Int32Array;
  readonly #secret: MapSecret;
  readonly #baseOffset: number;
  #size = 0;
  #hash0 = 0;
  #hash1 = 0;
  #hash2 = 0;
  #hash3 = 0;

  /** Offsets are put from `baseOffset` on. */
  constructor(slots: number, baseOffset: number, secret: MapSecret) {
    this.slots = slots;
    this.#words = new Int32Array(slots * WORDS_PER_SLOT);
    this.#secret = secret;
    this.#baseOffset = baseOffset;
  }

  /** How many keys there are. */
  get size(): number {
    return this.#size;
  }

  /** Remembers that the record at `offset` has this key; one that was put before is forgotten. One slot must stay free. */
  put(bytes: Buffer, start: number, length: number, offset: number): void {
    this.#digest(bytes, start, length);
    const at = this.#find();
    const words = this.#words;
    if (words[at + 5] === 0) {
      invariant(this.#size + 1 < this.slots, "an offset map is full");
      words[at] = this.#hash0;
      words[at + 1] = this.#hash1;
      words[at + 2] = this.#hash2;
      words[at + 3] = this.#hash3;
      this.#size++;
    }
    const relative = offset - this.#baseOffset;
    const high = Math.floor(relative / TWO_32);
    words[at + 4] = relative - high * TWO_32;
    words[at + 5] = high + USED;
  }

  /** The last offset put for the key; −1 where there is none. */
  get(bytes: Buffer, start: number, length: number): number {
    this.#digest(bytes, start, length);
    const at = this.#find();
    const high = this.#words[at + 5]!;
    return high === 0 ? -1 : this.#baseOffset + (high - USED) * TWO_32 + (this.#words[at + 4]! >>> 0);
  }

  /** Where the key of the last digest is, or would be. */
  #find(): number {
    const words = this.#words;
    const hash0 = this.#hash0;
    let at = Math.floor(((hash0 >>> 0) * this.slots) / TWO_32) * WORDS_PER_SLOT;
    while (words[at + 5] !== 0) {
      const isSame = words[at] === hash0 && words[at + 1] === this.#hash1 && words[at + 2] === this.#hash2 && words[at + 3] === this.#hash3;
      if (isSame) return at;
      at += WORDS_PER_SLOT;
      if (at === words.length) at = 0;
    }
    return at;
  }

  /** Both hashes in one loop. Source: HalfSipHash with 64 bits of output, of the SipHash reference, with one round a word and three at the end. */
  #digest(b: Buffer, start: number, length: number): void {
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
          this.#hash2 = w1 ^ w3;
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
    this.#hash0 = out;
    this.#hash1 = v1 ^ v3;
    this.#hash3 = w1 ^ w3;
  }
}
