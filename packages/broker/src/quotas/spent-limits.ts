/** Entities that are remembered; those who owe least are forgotten first, so that nobody gets rid of debts by being many. */
const REMEMBERED_MAX = 10_000;

/**
 * How far each entity has used up its limit. What is used is a debt that time pays off at the rate of the limit; who owes more than may be used at once waits until it does not. So the
 * rate over any longer time is the limit, however many clients share it and whenever they come.
 */
export class SpentLimits {
  readonly #burstMs: number;
  /** When the debt will be paid, in monotonic ms. */
  readonly #paidAtMs = new Map<string, number>();

  /** `burstMs`: what may be used at once before a limit is felt, as time at the full rate. */
  constructor(burstMs: number) {
    this.#burstMs = burstMs;
  }

  /** Uses `amount` of a limit per second; returns for how long its users must be quiet, in ms. */
  use(sharedBy: string, amount: number, limitPerSecond: number, nowMs: number): number {
    const paidAtMs = Math.max(this.#paidAtMs.get(sharedBy) ?? 0, nowMs) + (amount / limitPerSecond) * 1000;
    if (!this.#paidAtMs.has(sharedBy) && this.#paidAtMs.size >= REMEMBERED_MAX) this.#makeRoom(nowMs);
    this.#paidAtMs.set(sharedBy, paidAtMs);
    return Math.max(0, paidAtMs - nowMs - this.#burstMs);
  }

  /** As {@link SpentLimits.use}; but where its users must be quiet, nothing was used. */
  tryUse(sharedBy: string, amount: number, limitPerSecond: number, nowMs: number): number {
    const before = this.#paidAtMs.get(sharedBy);
    const waitMs = this.use(sharedBy, amount, limitPerSecond, nowMs);
    if (waitMs > 0 && before !== undefined) this.#paidAtMs.set(sharedBy, before);
    return waitMs;
  }

  #makeRoom(nowMs: number): void {
    for (const [key, paidAtMs] of this.#paidAtMs) if (paidAtMs <= nowMs) this.#paidAtMs.delete(key);
    // Half of them at once, so that it is not looked for room at each newcomer.
    const kept = REMEMBERED_MAX / 2;
    if (this.#paidAtMs.size <= kept) return;
    const byDebt = [...this.#paidAtMs].sort(([, a], [, b]) => a - b);
    for (const [key] of byDebt.slice(0, byDebt.length - kept)) this.#paidAtMs.delete(key);
  }
}
