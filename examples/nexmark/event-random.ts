/** Chance for one event: the same number of the event gives the same choices, whatever was made before it. */
export class EventRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
    // Seeds that follow each other begin alike.
    for (let i = 0; i < 3; i++) this.#next();
  }

  /** A whole number from 0 to below `bound`, which is at most 2^32. */
  below(bound: number): number {
    return Math.floor(this.fraction() * bound);
  }

  /** From 0 to below 1. */
  fraction(): number {
    return this.#next() / 0x1_0000_0000;
  }

  pick(choices: readonly string[]): string {
    return choices[this.below(choices.length)]!;
  }

  /** Small letters, `least` of them at least and `most` at most. */
  letters(least: number, most: number): string {
    let text = "";
    for (let left = least + this.below(most - least + 1); left > 0; left--) text += String.fromCharCode(97 + this.below(26));
    return text;
  }

  /** Most are small, a few are large: evenly spread over their logarithm, from 1 to a million, in cents. */
  price(): number {
    return Math.round(10 ** (this.fraction() * 6) * 100);
  }

  /** Mulberry32. */
  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }
}
