import type { Clock } from "@ottla/base";

/** Brokers hear one after another of a topic that was made; so long one of them may not have, on a machine that has much else to do. */
export const YOUNG_MS = 10_000;
/** Older ones are forgotten before their time. */
export const YOUNG_TOPICS_MAX = 10_000;

/**
 * Topics of which the cluster has just told this client that they are there: it made them, or was told that they exist. A broker that does not know one of them has not heard of it yet, which is no
 * word that it is gone. Ends by itself after {@link YOUNG_MS}, and with the topic where this client deletes it.
 */
export class MadeTopics {
  readonly #clock: Clock;
  /** Until when each is young; the oldest first. */
  readonly #youngUntilMs = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  noteMade(topic: string): void {
    this.#youngUntilMs.delete(topic);
    this.#youngUntilMs.set(topic, this.#clock.monotonicMs() + YOUNG_MS);
    if (this.#youngUntilMs.size > YOUNG_TOPICS_MAX) this.#youngUntilMs.delete(this.#youngUntilMs.keys().next().value!);
  }

  noteDeleted(topic: string): void {
    this.#youngUntilMs.delete(topic);
  }

  /** Whether some broker may not have heard of it yet. */
  isYoung(topic: string): boolean {
    const untilMs = this.#youngUntilMs.get(topic);
    if (untilMs === undefined) return false;
    if (this.#clock.monotonicMs() < untilMs) return true;
    this.#youngUntilMs.delete(topic);
    return false;
  }
}
