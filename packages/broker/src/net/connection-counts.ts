/** How many connections a broker may have, from Kafka's configs of these names. */
export interface ConnectionLimits {
  readonly maxConnections: number;
  readonly maxConnectionsPerIp: number;
}

/** The connections of one broker, over all its listeners. */
export class ConnectionCounts {
  readonly #limits: ConnectionLimits;
  readonly #perHost = new Map<string, number>();
  #total = 0;

  /** The limits are read anew for each connection: they may change while the broker runs. */
  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  get total(): number {
    return this.#total;
  }

  /** Counts one more from `host`; false, and nothing counted, beyond a limit. */
  add(host: string): boolean {
    const fromHost = this.#perHost.get(host) ?? 0;
    if (this.#total >= this.#limits.maxConnections || fromHost >= this.#limits.maxConnectionsPerIp) return false;
    this.#total++;
    this.#perHost.set(host, fromHost + 1);
    return true;
  }

  remove(host: string): void {
    this.#total--;
    const left = (this.#perHost.get(host) ?? 1) - 1;
    if (left === 0) this.#perHost.delete(host);
    else this.#perHost.set(host, left);
  }
}
