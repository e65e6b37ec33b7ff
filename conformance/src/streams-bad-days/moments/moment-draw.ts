import type { Chance } from "../../process/seeded-random.ts";
import { type Moment, moments } from "./moments.ts";

/** What decides which moments there are. */
export interface MomentRules {
  readonly random: Chance;
  /** Exactly once. */
  readonly isExact: boolean;
  /** Of each task, beside the one that runs. */
  readonly copies: number;
  /** Words, of which a moment's name has one; empty: all. */
  readonly words: readonly string[];
}

/** Which moment comes next: by chance, those first that were tried least often, so that a run meets as many as it can. */
export class MomentDraw {
  readonly #random: Chance;
  readonly #possible: readonly Moment[];
  readonly #tries = new Map<Moment, number>();
  readonly #met = new Set<Moment>();

  constructor({ random, isExact, copies, words }: MomentRules) {
    this.#random = random;
    this.#possible = moments.filter(
      ({ name, exactOnly, needsCopies }) =>
        (isExact || exactOnly !== true) &&
        (copies > 0 || needsCopies !== true) &&
        (words.length === 0 || words.some((word) => name.includes(word))),
    );
    if (this.#possible.length === 0) throw new Error(`No moment is possible that has one of these words: ${words.join(", ")}.`);
  }

  next(): Moment {
    const unmet = this.#possible.filter((moment) => !this.#met.has(moment));
    const all = unmet.length === 0 ? this.#possible : unmet;
    const least = Math.min(...all.map((moment) => this.#triesOf(moment)));
    const first = all.filter((moment) => this.#triesOf(moment) === least);
    const chosen = first[Math.floor(this.#random() * first.length)]!;
    this.#tries.set(chosen, least + 1);
    return chosen;
  }

  noteMet(moment: Moment): void {
    this.#met.add(moment);
  }

  get met(): readonly string[] {
    return [...this.#met].map(({ name }) => name);
  }

  get unmet(): readonly string[] {
    return this.#possible.filter((moment) => !this.#met.has(moment)).map(({ name }) => name);
  }

  #triesOf(moment: Moment): number {
    return this.#tries.get(moment) ?? 0;
  }
}
