import type { Clock } from "@ottla/base";

/** Answers that are given again for some seconds, however many ask: one question at a time, the oldest makes way. Failures are not kept. */
export class KeptAnswers<Answer> {
  readonly #clock: Clock;
  readonly #freshMs: number;
  readonly #most: number;
  readonly #kept = new Map<string, { readonly atMs: number; readonly answer: Promise<Answer> }>();

  constructor(clock: Clock, freshMs: number, most: number) {
    this.#clock = clock;
    this.#freshMs = freshMs;
    this.#most = most;
  }

  get(question: string, ask: () => Promise<Answer>): Promise<Answer> {
    const nowMs = this.#clock.monotonicMs();
    const known = this.#kept.get(question);
    if (known !== undefined && nowMs - known.atMs < this.#freshMs) return known.answer;
    const kept = { atMs: nowMs, answer: ask() };
    this.#kept.delete(question);
    this.#kept.set(question, kept);
    kept.answer.catch(() => {
      if (this.#kept.get(question) === kept) this.#kept.delete(question);
    });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#most) break;
      this.#kept.delete(oldest);
    }
    return kept.answer;
  }
}
