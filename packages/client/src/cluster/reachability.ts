import type { Clock, Logger } from "@ottla/base";
import { type BrokerAddress, formatBrokerAddress } from "../net/broker-address.ts";
import { messageOf } from "../thrown.ts";

/** Whether the cluster can be reached: told once when it cannot, and once when it can again. */
export type Reachability =
  | { readonly kind: "unreachable"; readonly error: Error }
  | { readonly kind: "reachable"; readonly afterMs: number };

/** More brokers than this are not remembered: the logger would be no help any more. */
const BROKERS_MAX = 1000;

/** Sees failed and successful connections of the whole client, and says each change once, whoever notices it and however often it is tried. */
export class ReachabilityWatch {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #onChange: ((change: Reachability) => void) | undefined;
  /** When each was first found away (monotonic ms). */
  readonly #lostBrokers = new Map<string, number>();
  #lostAtMs: number | undefined;
  #lostBy: Error | undefined;

  constructor(world: { readonly clock: Clock; readonly logger: Logger }, onChange: ((change: Reachability) => void) | undefined) {
    this.#clock = world.clock;
    this.#logger = world.logger;
    this.#onChange = onChange;
  }

  /** Why no broker can be reached; undefined when one can, as far as is known. */
  get lostBy(): Error | undefined {
    return this.#lostBy;
  }

  /** A connection to one broker could not be opened. */
  brokerLost(address: BrokerAddress, error: unknown): void {
    const broker = formatBrokerAddress(address);
    if (this.#lostBrokers.has(broker) || this.#lostBrokers.size >= BROKERS_MAX) return;
    this.#lostBrokers.set(broker, this.#clock.monotonicMs());
    this.#logger.warn("a broker cannot be reached; trying again", { broker, error: messageOf(error) });
  }

  /** A connection to one broker is open. */
  brokerFound(address: BrokerAddress): void {
    const now = this.#clock.monotonicMs();
    const broker = formatBrokerAddress(address);
    const lostAtMs = this.#lostBrokers.get(broker);
    if (lostAtMs !== undefined) this.#logger.info("the broker is reached again", { broker, afterMs: now - lostAtMs });
    this.#lostBrokers.delete(broker);
    if (this.#lostAtMs === undefined) return;
    const afterMs = now - this.#lostAtMs;
    this.#lostAtMs = undefined;
    this.#lostBy = undefined;
    this.#logger.info("the cluster is reached again", { afterMs });
    this.#tell({ kind: "reachable", afterMs });
  }

  /** No broker at all could be reached. */
  clusterLost(error: Error): void {
    if (this.#lostAtMs !== undefined) return;
    this.#lostAtMs = this.#clock.monotonicMs();
    this.#lostBy = error;
    this.#logger.warn("no broker can be reached; trying again", { error: error.message });
    this.#tell({ kind: "unreachable", error });
  }

  #tell(change: Reachability): void {
    try {
      this.#onChange?.(change);
    } catch (error) {
      this.#logger.error("onReachability threw", { error: messageOf(error) });
    }
  }
}
