import type { ClusterMetadata } from "../metadata/cluster-metadata.ts";
import type { MetadataRecord } from "../metadata/metadata-records.ts";
import type { EffectiveConfig } from "../config/effective-config.ts";
import { hostOf } from "../security/acls/acl-host.ts";
import { ConnectionRates } from "./connection-rates.ts";
import { MutationBuckets, type MutationQuota, UNLIMITED_MUTATIONS } from "./mutation-quota.ts";
import { type AppliedLimit, QuotaIndex } from "./quota-index.ts";
import { QuotaWindows } from "./quota-windows.ts";
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

/** The client quotas of the cluster, enforced. Follows metadata; a change holds for the next request. */
export class ClientThrottle {
  readonly #index = new QuotaIndex();
  readonly #windows: QuotaWindows;
  readonly #produced: SpentLimits;
  readonly #fetched: SpentLimits;
  readonly #time: SpentLimits;
  readonly #connections: SpentLimits;
  readonly #mutations: MutationBuckets;
  readonly #config: EffectiveConfig;

  constructor(metadata: ClusterMetadata, config: EffectiveConfig) {
    this.#config = config;
    const windows = new QuotaWindows(config);
    this.#windows = windows;
    const ofWindows = (): SpentLimits => new SpentLimits(windows.burstMs);
    this.#produced = ofWindows();
    this.#fetched = ofWindows();
    this.#time = ofWindows();
    this.#connections = ofWindows();
    this.#mutations = new MutationBuckets(
      () => config.number("controller.quota.window.num") * config.number("controller.quota.window.size.seconds"),
    );
    for (const quota of metadata.clientQuotas()) this.#index.set(quota);
  }

  /** Nobody has a quota. */
  get isIdle(): boolean {
    return this.#index.isEmpty;
  }

  follow(record: MetadataRecord): void {
    if (record.kind === "client-quota") this.#index.set(record);
  }

  /** How fast connections may come to one of the brokers. */
  connectionRates(nodeId: number): ConnectionRates {
    return new ConnectionRates({ config: this.#config, nodeId, windows: this.#windows }, this, this.#connections);
  }

  limitOfAddress(host: string): AppliedLimit | undefined {
    return this.#index.limitOfAddress("connection_creation_rate", hostOf(host));
  }

  /** What a request may change of partitions. `isStrict`: it is refused beyond its client's limit, and not only told to be quiet. */
  mutations(of: { readonly user: string; readonly clientId: string; readonly isStrict: boolean }, nowMs: () => number): MutationQuota {
    if (this.isIdle) return UNLIMITED_MUTATIONS;
    const applied = this.#index.limitOf("controller_mutation_rate", of.user, of.clientId);
    if (applied === undefined) return UNLIMITED_MUTATIONS;
    return this.#mutations.quota({ sharedBy: applied.sharedBy, perSecond: applied.limit, isStrict: of.isStrict }, nowMs);
  }

  /** How much a Fetch may give at once: no more than its client may read in all windows, so that no answer costs a pause of hours. In bytes, at least 1; Infinity: its client has no limit. */
  fetchBytesAtOnce(user: string, clientId: string): number {
    if (this.isIdle) return Infinity;
    const applied = this.#index.limitOf("consumer_byte_rate", user, clientId);
    return applied === undefined ? Infinity : Math.max(1, Math.floor((applied.limit * this.#windows.burstMs) / 1000));
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
    const timeMs = Math.min(this.#windows.sizeMs, spend(this.#time, "request_percentage", turnMs, 10));
    return Math.ceil(Math.max(bytesMs, timeMs));
  }
}
