import ipaddr from "ipaddr.js";

/** How many connections a broker may have, from Kafka's configs of these names. */
export interface ConnectionLimits {
  readonly maxConnections: number;
  readonly maxConnectionsPerIp: number;
  /** `max.connections.per.ip.overrides`, by address. */
  readonly maxConnectionsByIp: ReadonlyMap<string, number>;
  /** `listener.name.….max.connections`: a listener's own, which counts beside the broker's; Infinity where it has none. */
  maxConnectionsOf(listenerName: string): number;
}

/** The connections of one listener, counted among those of its broker. */
export interface ListenerCounts {
  /** Of the whole broker. */
  readonly total: number;
  /** Counts one more from `host`; else nothing is counted, and it is the name of the limit that it is beyond. */
  add(host: string): string | undefined;
  remove(host: string): void;
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

  /** For the connections of one listener. */
  of(listenerName: string): ListenerCounts {
    let ofListener = 0;
    const total = (): number => this.#total;
    return {
      get total() {
        return total();
      },
      add: (host) => {
        if (ofListener >= this.#limits.maxConnectionsOf(listenerName)) return `max.connections of the listener ${listenerName}`;
        const beyond = this.#add(host);
        if (beyond === undefined) ofListener++;
        return beyond;
      },
      remove: (host) => {
        ofListener--;
        this.#remove(host);
      },
    };
  }

  #add(host: string): string | undefined {
    const { maxConnections, maxConnectionsPerIp, maxConnectionsByIp } = this.#limits;
    const fromHost = this.#perHost.get(host) ?? 0;
    if (this.#total >= maxConnections) return "max.connections";
    const own = maxConnectionsByIp.size === 0 ? undefined : maxConnectionsByIp.get(oneForm(host));
    if (fromHost >= (own ?? maxConnectionsPerIp)) return own === undefined ? "max.connections.per.ip" : "max.connections.per.ip.overrides";
    this.#total++;
    this.#perHost.set(host, fromHost + 1);
    return undefined;
  }

  #remove(host: string): void {
    this.#total--;
    const left = (this.#perHost.get(host) ?? 1) - 1;
    if (left === 0) this.#perHost.delete(host);
    else this.#perHost.set(host, left);
  }
}

/** However an address is written. */
function oneForm(host: string): string {
  return host.includes(":") && ipaddr.isValid(host) ? ipaddr.process(host).toString() : host;
}

/** Reads `max.connections.per.ip.overrides`; undefined where it is no list of `address:count`. */
export function connectionsByIp(text: string): ReadonlyMap<string, number> | undefined {
  const byIp = new Map<string, number>();
  for (const pair of text.split(",").map((each) => each.trim())) {
    if (pair === "") continue;
    // An address of version 6 has colons of its own.
    const [, host = "", count] = /^([\w.%:-]+):(\d{1,10})$/.exec(pair) ?? [];
    if (count === undefined || Number(count) > 0x7fffffff) return undefined;
    byIp.set(oneForm(host), Number(count));
  }
  return byIp;
}
