import { invariant } from "../errors.ts";
import type { Random } from "../seams/random.ts";

const TWO_32 = 4294967296;

/** The same numbers for the same seed (sfc32, seeded by splitmix32). For tests and simulation only: predictable by design. */
export class SeededRandom implements Random {
  readonly seed: number;
  readonly #state: Uint32Array<ArrayBuffer>;

  constructor(seed: number) {
    this.seed = seed;
    this.#state = new Uint32Array(4);
    let mixed = seed >>> 0;
    for (let i = 0; i < 4; i++) {
      mixed = (mixed + 0x9e3779b9) >>> 0;
      let word = mixed ^ (mixed >>> 16);
      word = Math.imul(word, 0x21f0aaad);
      word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
      this.#state[i] = word ^ (word >>> 15);
    }
    for (let i = 0; i < 12; i++) this.#next32();
  }

  nextInt(bound: number): number {
    invariant(Number.isSafeInteger(bound) && bound > 0, `A random integer needs a bound above 0, not ${bound}.`);
    if (bound <= TWO_32) return Math.floor((this.#next32() / TWO_32) * bound);
    return Math.floor(((this.#next32() * 2 ** 21 + (this.#next32() >>> 11)) / 2 ** 53) * bound);
  }

  bytes(byteLength: number): Buffer {
    const bytes = Buffer.allocUnsafe(byteLength);
    for (let i = 0; i < byteLength; i++) bytes[i] = this.#next32() >>> 24;
    return bytes;
  }

  /** True with the given probability, from 0 to 1. */
  chance(probability: number): boolean {
    return this.#next32() / TWO_32 < probability;
  }

  /** One of the items. */
  pick<T>(items: readonly T[]): T {
    return items[this.nextInt(items.length)]!;
  }

  #next32(): number {
    const s = this.#state;
    const sum = (s[0]! + s[1]! + s[3]!) >>> 0;
    s[3] = s[3]! + 1;
    s[0] = s[1]! ^ (s[1]! >>> 9);
    s[1] = s[2]! + (s[2]! << 3);
    s[2] = ((s[2]! << 21) | (s[2]! >>> 11)) + sum;
    return sum;
  }
}
