import type { Clock } from "../../seams/clock.ts";

const BURST = 10;
const REFILL_MS = 6_000;
const ADDRESSES_MAX = 10_000;

/** How often somebody may be wrong from one address: ten times at once, then once in six seconds. */
export class LoginLimit {
  readonly #clock: Clock;
  readonly #spent = new Map<string, { tries: number; sinceMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes a try before it is looked at, so that many at once are as many. Undefined where there is none; else how to give it back to who was right. */
  take(address: string): (() => void) | undefined {
    const key = networkOf(address);
    const nowMs = this.#clock.monotonicMs();
    const spent = this.#spent.get(key) ?? { tries: 0, sinceMs: nowMs };
    const tries = Math.max(0, spent.tries - (nowMs - spent.sinceMs) / REFILL_MS);
    if (tries + 1 > BURST) return undefined;
    this.#spent.delete(key);
    this.#spent.set(key, { tries: tries + 1, sinceMs: nowMs });
    if (this.#spent.size > ADDRESSES_MAX) this.#spent.delete(this.#spent.keys().next().value as string);
    return () => {
      const now = this.#spent.get(key);
      if (now !== undefined) now.tries = Math.max(0, now.tries - 1);
    };
  }
}

/** Who has one IPv6 address has 2^64 of them. */
function networkOf(address: string): string {
  if (!address.includes(":") || address.startsWith("::ffff:")) return address;
  const [head = ""] = address.split("::");
  return head.split(":").slice(0, 4).join(":");
}
