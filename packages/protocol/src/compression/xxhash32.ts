const PRIME_1 = 0x9e3779b1 | 0;
const PRIME_2 = 0x85ebca77 | 0;
const PRIME_3 = 0xc2b2ae3d | 0;
const PRIME_4 = 0x27d4eb2f | 0;
const PRIME_5 = 0x165667b1 | 0;
const STRIPE_BYTES = 16;

/** The checksum of LZ4 frames, unsigned, over the bytes from `start` to `end`. Source: the xxHash specification, XXH32, seed 0. */
export function xxHash32(buffer: Buffer, start: number, end: number): number {
  return new XxHash32().update(buffer, start, end).digest();
}

/** As {@link xxHash32}, of bytes that come in pieces. */
export class XxHash32 {
  #a = (PRIME_1 + PRIME_2) | 0;
  #b = PRIME_2;
  #c = 0;
  #d = -PRIME_1 | 0;
  #bytes = 0;
  /** The start of a stripe whose rest has not come yet. */
  readonly #held: Buffer = Buffer.allocUnsafe(STRIPE_BYTES);
  #heldBytes = 0;

  update(buffer: Buffer, start: number, end: number): this {
    let at = start;
    this.#bytes += end - start;
    if (this.#heldBytes > 0) {
      const taken = Math.min(end - at, STRIPE_BYTES - this.#heldBytes);
      buffer.copy(this.#held, this.#heldBytes, at, at + taken);
      this.#heldBytes += taken;
      at += taken;
      if (this.#heldBytes < STRIPE_BYTES) return this;
      this.#stripes(this.#held, 0, 0);
      this.#heldBytes = 0;
    }
    const last = end - STRIPE_BYTES;
    if (at <= last) at = this.#stripes(buffer, at, last);
    if (at < end) this.#heldBytes = buffer.copy(this.#held, 0, at, end);
    return this;
  }

  digest(): number {
    const held = this.#held;
    let hash =
      this.#bytes >= STRIPE_BYTES ? (rotate(this.#a, 1) + rotate(this.#b, 7) + rotate(this.#c, 12) + rotate(this.#d, 18)) | 0 : PRIME_5;
    hash = (hash + this.#bytes) | 0;
    let at = 0;
    for (; at + 4 <= this.#heldBytes; at += 4) hash = Math.imul(rotate((hash + Math.imul(lane(held, at), PRIME_3)) | 0, 17), PRIME_4);
    for (; at < this.#heldBytes; at++) hash = Math.imul(rotate((hash + Math.imul(held[at]!, PRIME_5)) | 0, 11), PRIME_1);
    hash = Math.imul(hash ^ (hash >>> 15), PRIME_2);
    hash = Math.imul(hash ^ (hash >>> 13), PRIME_3);
    return (hash ^ (hash >>> 16)) >>> 0;
  }

  /** Takes stripes up to the one that starts at `last` or before it, and returns where they end. */
  #stripes(buffer: Buffer, from: number, last: number): number {
    let a = this.#a;
    let b = this.#b;
    let c = this.#c;
    let d = this.#d;
    let at = from;
    for (; at <= last; at += STRIPE_BYTES) {
      a = round(a, buffer, at);
      b = round(b, buffer, at + 4);
      c = round(c, buffer, at + 8);
      d = round(d, buffer, at + 12);
    }
    this.#a = a;
    this.#b = b;
    this.#c = c;
    this.#d = d;
    return at;
  }
}

function round(accumulator: number, buffer: Buffer, at: number): number {
  return Math.imul(rotate((accumulator + Math.imul(lane(buffer, at), PRIME_2)) | 0, 13), PRIME_1);
}

function lane(b: Buffer, at: number): number {
  return b[at]! | (b[at + 1]! << 8) | (b[at + 2]! << 16) | (b[at + 3]! << 24);
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
