import type { EffectiveConfig } from "../config/effective-config.ts";
import type { ArrivalRates } from "../net/arrival-rates.ts";
import type { AppliedLimit } from "./quota-index.ts";
import type { QuotaWindows } from "./quota-windows.ts";
import { SpentLimits } from "./spent-limits.ts";

const RATE = "max.connection.creation.rate";

/** One broker's rates, by the settings. */
interface BrokerRates {
  readonly config: EffectiveConfig;
  readonly nodeId: number;
  readonly windows: QuotaWindows;
}

/** The limits of addresses. */
interface AddressLimits {
  readonly isIdle: boolean;
  limitOfAddress(host: string): AppliedLimit | undefined;
}

/**
 * How fast connections may come to one broker (KIP-612): a listener or a broker that is beyond `max.connection.creation.rate` takes them more slowly, and an address that is beyond its quota
 * is refused.
 */
export class ConnectionRates {
  readonly #config: EffectiveConfig;
  readonly #nodeId: number;
  readonly #windows: QuotaWindows;
  readonly #addresses: AddressLimits;
  readonly #spent: SpentLimits;
  readonly #spentByAddress: SpentLimits;

  /** `spentByAddress` is shared by the brokers of the process. */
  constructor({ config, nodeId, windows }: BrokerRates, addresses: AddressLimits, spentByAddress: SpentLimits) {
    this.#config = config;
    this.#nodeId = nodeId;
    this.#windows = windows;
    this.#spent = new SpentLimits(windows.burstMs);
    this.#addresses = addresses;
    this.#spentByAddress = spentByAddress;
  }

  /** For the connections of one listener. */
  of(listenerName: string): ArrivalRates {
    return {
      waitMs: (nowMs) => {
        const ofBroker = this.#config.number(RATE, this.#nodeId);
        const ofListener = this.#config.isSetForListener(listenerName, RATE, this.#nodeId)
          ? Number(this.#config.listener(listenerName, RATE, { nodeId: this.#nodeId }).value)
          : Infinity;
        return Math.min(this.#windows.sizeMs, Math.max(this.#use("", ofBroker, nowMs), this.#use(listenerName, ofListener, nowMs)));
      },
      refusalMs: (host, nowMs) => {
        if (this.#addresses.isIdle) return 0;
        const applied = this.#addresses.limitOfAddress(host);
        if (applied === undefined) return 0;
        return Math.min(this.#windows.sizeMs, this.#spentByAddress.tryUse(applied.sharedBy, 1, applied.limit, nowMs));
      },
    };
  }

  #use(sharedBy: string, limit: number, nowMs: number): number {
    return limit >= 0x7fffffff ? 0 : this.#spent.use(sharedBy, 1, Math.max(limit, Number.EPSILON), nowMs);
  }
}
