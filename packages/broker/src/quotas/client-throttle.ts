import type { ClusterMetadata } from "../metadata/cluster-metadata.ts";
import type { MetadataRecord } from "../metadata/metadata-records.ts";
import { QuotaIndex } from "./quota-index.ts";
import { SpentLimits } from "./spent-limits.ts";

/** What one request used. */
export interface Usage {
  /** Of the principal. */
  readonly user: string;
  readonly clientId: string;
  /** Record bytes taken in, and given out. */
  readonly producedBytes: number;
  readonly fetchedBytes: number;
  /** Time on the loop. */
  readonly turnMs: number;
}

/** A client that used too much time is quiet for a second at most, as in Kafka. */
const TIME_THROTTLE_MAX_MS = 1000;

/** The client quotas of the cluster, enforced. Follows metadata; a change holds for the next request. */
export class ClientThrottle {
  readonly #index = new QuotaIndex();
  readonly #produced = new SpentLimits();
  readonly #fetched = new SpentLimits();
  readonly #time = new SpentLimits();

  constructor(metadata: ClusterMetadata) {
    for (const quota of metadata.clientQuotas()) this.#index.set(quota);
  }

  /** Nobody has a quota. */
  get isIdle(): boolean {
    return this.#index.isEmpty;
  }

  follow(record: MetadataRecord): void {
    if (record.kind === "client-quota") this.#index.set(record);
  }

  /** Counts what a request used; returns for how long its client must be quiet, in ms: the longest that any of its limits asks for. */
  use({ user, clientId, producedBytes, fetchedBytes, turnMs }: Usage, nowMs: number): number {
    const spend = (limits: SpentLimits, name: string, amount: number, perUnit = 1): number => {
      if (amount <= 0) return 0;
      const applied = this.#index.limitOf(name, user, clientId);
      return applied === undefined ? 0 : limits.use(applied.sharedBy, amount, applied.limit * perUnit, nowMs);
    };
    const bytesMs = Math.max(
      spend(this.#produced, "producer_byte_rate", producedBytes),
      spend(this.#fetched, "consumer_byte_rate", fetchedBytes),
    );
    // A percentage of the loop's time: ten ms in a second for each.
    const timeMs = Math.min(TIME_THROTTLE_MAX_MS, spend(this.#time, "request_percentage", turnMs, 10));
    return Math.ceil(Math.max(bytesMs, timeMs));
  }
}
