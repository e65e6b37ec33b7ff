/** What one request may change of the cluster's partitions. */
export interface MutationQuota {
  /** Whether so many partitions may be made, or deleted, now. Where not, nothing was used up. */
  take(partitions: number): boolean;
  /** For how long its client must be quiet, in ms, as of the last `take`. */
  readonly throttleMs: number;
}

/** Of who has no limit. */
export const UNLIMITED_MUTATIONS: MutationQuota = { take: () => true, throttleMs: 0 };

/** Entities that are remembered; those who owe least are forgotten first, so that nobody gets rid of debts by being many. */
const REMEMBERED_MAX = 10_000;

interface Bucket {
  tokens: number;
  atMs: number;
  /** By the limit of its last use. */
  perSecond: number;
}

/**
 * Kafka's token buckets of partitions (KIP-599): each holds as much as its limit gives in all windows together, and may go below nothing: who has anything left may do one large
 * change, and pays for it later. Source: Kafka's TokenBucket.
 */
export class MutationBuckets {
  readonly #windowsS: () => number;
  readonly #buckets = new Map<string, Bucket>();

  /** `windowsS`: `controller.quota.window.num` × `controller.quota.window.size.seconds`. */
  constructor(windowsS: () => number) {
    this.#windowsS = windowsS;
  }

  /**
   * For one request. Strict: what comes when nothing is left is refused. Else it is done, and its client must be quiet until the bucket holds something again.
   */
  quota(of: { readonly sharedBy: string; readonly perSecond: number; readonly isStrict: boolean }, nowMs: () => number): MutationQuota {
    const { sharedBy, perSecond, isStrict } = of;
    const waitMs = (tokens: number): number => (tokens < 0 ? (-tokens / perSecond) * 1000 : 0);
    let throttleMs = 0;
    return {
      take: (partitions) => {
        const bucket = this.#filled(sharedBy, perSecond, nowMs());
        if (isStrict && bucket.tokens < 0) {
          throttleMs = waitMs(bucket.tokens);
          return false;
        }
        bucket.tokens -= partitions;
        if (!isStrict) throttleMs = waitMs(bucket.tokens);
        return true;
      },
      get throttleMs() {
        return Math.ceil(throttleMs);
      },
    };
  }

  #filled(sharedBy: string, perSecond: number, nowMs: number): Bucket {
    const capacity = perSecond * this.#windowsS();
    const known = this.#buckets.get(sharedBy);
    if (known !== undefined) {
      known.tokens = Math.min(capacity, known.tokens + (perSecond * (nowMs - known.atMs)) / 1000);
      known.atMs = nowMs;
      known.perSecond = perSecond;
      return known;
    }
    if (this.#buckets.size >= REMEMBERED_MAX) this.#makeRoom(nowMs);
    const fresh = { tokens: capacity, atMs: nowMs, perSecond };
    this.#buckets.set(sharedBy, fresh);
    return fresh;
  }

  /** Half of them at once, so that it is not looked for room at each newcomer. */
  #makeRoom(nowMs: number): void {
    const seconds = ({ tokens, atMs, perSecond }: Bucket): number => tokens / perSecond + (nowMs - atMs) / 1000;
    const byDebt = Array.from(this.#buckets, ([key, bucket]) => ({ key, seconds: seconds(bucket) })).sort((a, b) => b.seconds - a.seconds);
    for (const { key } of byDebt.slice(0, REMEMBERED_MAX / 2)) this.#buckets.delete(key);
  }
}
