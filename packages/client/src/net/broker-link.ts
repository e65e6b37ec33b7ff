import { ClientError } from "../client-error.ts";
import type { ClientDeps } from "../deps.ts";
import type { ResolvedClientOptions } from "../options/client-options.ts";
import type { Lifetime } from "../lifetime.ts";
import type { ReachabilityWatch } from "../cluster/reachability.ts";
import { backoffMs, sleep } from "./backoff.ts";
import type { BrokerAddress } from "./broker-address.ts";
import { Connection } from "./connection.ts";
import type { BrokerIdentity } from "./handshake.ts";

/** The way to one broker: opens its connection when needed, and not faster than the reconnect back-off allows. */
export class BrokerLink {
  #address: BrokerAddress;
  readonly #deps: ClientDeps;
  readonly #options: ResolvedClientOptions;
  #connection: Connection | undefined;
  #opening: Promise<Connection> | undefined;
  #failures = 0;
  #notBeforeMs = 0;
  readonly #lifetime: Lifetime;
  readonly #reachability: ReachabilityWatch;
  readonly #meant: () => BrokerIdentity | undefined;

  /** Ends with `lifetime`, that of its lane. `meant`: who is to be at the address; undefined: anybody. */
  constructor(
    address: BrokerAddress,
    deps: ClientDeps,
    options: ResolvedClientOptions,
    lifetime: Lifetime,
    reachability: ReachabilityWatch,
    meant: () => BrokerIdentity | undefined = () => undefined,
  ) {
    this.#address = address;
    this.#deps = deps;
    this.#options = options;
    this.#lifetime = lifetime;
    this.#reachability = reachability;
    this.#meant = meant;
    lifetime.onEnd((cause) => this.#connection?.close(cause));
  }

  get address(): BrokerAddress {
    return this.#address;
  }

  /** The open connection, when there is one now. */
  get current(): Connection | undefined {
    return this.#connection?.isOpen ? this.#connection : undefined;
  }

  /** True while the last attempt failed and the next is not yet due. */
  get isBackingOff(): boolean {
    return this.#deps.clock.monotonicMs() < this.#notBeforeMs;
  }

  /** The broker has moved: the old connection is left to finish, the next one goes to the new place. */
  moveTo(address: BrokerAddress): void {
    if (address.host === this.#address.host && address.port === this.#address.port) return;
    this.#address = address;
    this.#failures = 0;
    this.#notBeforeMs = 0;
    this.#connection?.close(new ClientError("CONNECTION_LOST", "The broker has moved to another address."));
    this.#connection = undefined;
  }

  /** The open connection, or a new one after whatever pause is due. */
  connect(): Promise<Connection> {
    const open = this.current;
    if (open) return Promise.resolve(open);
    this.#opening ??= this.#open().finally(() => (this.#opening = undefined));
    return this.#opening;
  }

  async #open(): Promise<Connection> {
    const { clock, random } = this.#deps;
    const waitMs = this.#notBeforeMs - clock.monotonicMs();
    if (waitMs > 0) await sleep(clock, waitMs, this.#lifetime);
    this.#lifetime.throwIfOver();
    try {
      const connection = await Connection.open(this.#address, this.#deps, this.#options, this.#lifetime, this.#meant());
      this.#failures = 0;
      this.#connection = connection;
      if (this.#lifetime.cause) connection.close(this.#lifetime.cause);
      connection.onClosed(() => this.#pause());
      this.#reachability.brokerFound(this.#address);
      return connection;
    } catch (error) {
      if (this.#lifetime.cause === undefined) this.#reachability.brokerLost(this.#address, error);
      this.#failures++;
      this.#notBeforeMs =
        clock.monotonicMs() + backoffMs(this.#failures, this.#options.reconnectBackoffMs, this.#options.reconnectBackoffMaxMs, random);
      throw error;
    }
  }

  #pause(): void {
    this.#notBeforeMs = this.#deps.clock.monotonicMs() + this.#options.reconnectBackoffMs;
  }
}
