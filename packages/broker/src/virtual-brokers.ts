import { type Clock, HandshakeRoom, invariant, type Logger, type Net, OttlaError } from "@ottla/base";
import type { BrokerState } from "./broker-state.ts";
import type { AdvertisedEndpoint, BrokerNode } from "./metadata/cluster-metadata.ts";
import type { ListenerConnections } from "./metrics/broker-families.ts";
import { ConnectionCounts, connectionsByIp } from "./net/connection-counts.ts";
import { FairTurns } from "./net/fair-turns.ts";
import { BrokerListener } from "./net/listener.ts";
import { advertisedEndpoint, bootstrapAddress, type ListenerSettings } from "./net/listener-settings.ts";
import { RefusalLog } from "./net/refusal-log.ts";
import type { BrokerSecurity } from "./security/listener-security.ts";
import type { Dispatcher } from "./pipeline/dispatcher.ts";

/** One listening port of a virtual broker, open or, while the broker is down, closed. */
interface Port {
  readonly settings: ListenerSettings;
  readonly listener: BrokerListener;
  /** What was bound, and is bound again. */
  port: number;
}

interface VirtualBroker {
  readonly node: BrokerNode;
  readonly ports: readonly Port[];
  isUp: boolean;
}

/** The listeners of all virtual brokers: which of them take connections, and where clients are told that they are. */
export class VirtualBrokers {
  readonly #state: BrokerState;
  readonly #settings: readonly ListenerSettings[];
  readonly #brokers: VirtualBroker[];

  constructor(
    deps: { readonly clock: Clock; readonly net: Net; readonly logger: Logger },
    state: BrokerState,
    dispatcher: Dispatcher,
    settings: readonly ListenerSettings[],
    security: BrokerSecurity,
  ) {
    this.#state = state;
    this.#settings = settings;
    const { config, metadata } = state;
    const limitsOf = (nodeId: number) => ({
      // All of them may change while the broker runs.
      get maxConnections() {
        return config.number("max.connections");
      },
      get maxConnectionsPerIp() {
        return config.number("max.connections.per.ip");
      },
      get maxConnectionsByIp() {
        return overrides.of(config.string("max.connections.per.ip.overrides") ?? "");
      },
      maxConnectionsOf: (listenerName: string) =>
        config.isSetForListener(listenerName, "max.connections", nodeId)
          ? Number(config.listener(listenerName, "max.connections", { nodeId }).value)
          : Infinity,
    });
    const overrides = new ReadOverrides();
    overrides.of(config.string("max.connections.per.ip.overrides") ?? "");
    const turns = new FairTurns(deps.clock);
    const refusals = new RefusalLog(deps.clock, deps.logger);
    const handshakeRoom = new HandshakeRoom(deps.clock);
    const maxIdleMs = config.number("connections.max.idle.ms");
    let connections = 0;
    this.#brokers = metadata.nodes.map((node, i) => {
      const counts = new ConnectionCounts(limitsOf(node.nodeId));
      const rates = state.quotas.connectionRates(node.nodeId);
      const ports = settings.map((own) => {
        const { tlsServer, sasl, principalOf } = security.of(node.nodeId, own.name);
        const place = { nodeId: node.nodeId, listenerName: own.name, sasl, principalOf };
        const handshakeFailed =
          state.audit && ((host: string) => state.audit?.handshakeFailed({ host, listener: own.name, node: node.nodeId }));
        const listener = new BrokerListener(
          {
            ...deps,
            memory: state.clientMemory,
            turns,
            counts: counts.of(own.name),
            refusals,
            handshakeRoom,
            tlsServer,
            handshakeFailed,
            rates: rates.of(own.name),
          },
          maxIdleMs,
          () => ++connections,
          (client) => dispatcher.forConnection(place, client),
        );
        return { settings: nthOf(own, i), listener, port: own.port === 0 ? 0 : own.port + i };
      });
      return { node, ports, isUp: false };
    });
  }

  /** `host:port` of every virtual broker's first listener, whether it is up or not. */
  get bootstrap(): string {
    return this.#brokers.map((broker) => bootstrapAddress(this.#settings[0]!, endpointsOf(broker).get(this.#settings[0]!.name)!)).join(",");
  }

  /** Takes connections, on the ports of the settings. Rejects, with all closed, when one cannot be bound. */
  async open(): Promise<void> {
    try {
      for (const broker of this.#brokers) await this.#open(broker);
    } catch (error) {
      await this.close(0);
      throw error;
    }
    this.#tell();
  }

  /** Whether the virtual broker takes connections; undefined when there is none of that id. */
  isUp(nodeId: number): boolean | undefined {
    return this.#brokers.find(({ node }) => node.nodeId === nodeId)?.isUp;
  }

  /** How many connections each listener has. */
  *connections(): IterableIterator<ListenerConnections> {
    for (const { node, ports } of this.#brokers) {
      for (const { settings, listener } of ports)
        yield {
          nodeId: node.nodeId,
          listenerName: settings.name,
          connectionCount: listener.connectionCount,
          acceptedCount: listener.acceptedCount,
        };
    }
  }

  /** Closes ports and connections of one broker at once. Clients are not told of it any more; its partitions are the caller's to move. */
  async takeDown(nodeId: number): Promise<void> {
    const broker = this.#broker(nodeId);
    if (!broker.isUp) return;
    broker.isUp = false;
    this.#tell();
    await Promise.all(broker.ports.map(({ listener }) => listener.close(0)));
  }

  /** Binds the ports again that it had. */
  async bringUp(nodeId: number): Promise<void> {
    const broker = this.#broker(nodeId);
    if (broker.isUp) return;
    await this.#open(broker);
    this.#tell();
  }

  /** Breaks the connections of one broker, or of all, at once; it takes others. */
  dropConnections(nodeId?: number): void {
    for (const { node, ports } of this.#brokers) {
      if (nodeId === undefined || node.nodeId === nodeId) for (const { listener } of ports) listener.dropConnections();
    }
  }

  /** Answers what is being handled within `graceMs`, then closes all. */
  async close(graceMs: number): Promise<void> {
    await Promise.all(this.#brokers.flatMap(({ ports }) => ports.map(({ listener }) => listener.close(graceMs))));
  }

  #broker(nodeId: number): VirtualBroker {
    const broker = this.#brokers.find(({ node }) => node.nodeId === nodeId);
    invariant(broker, `There is no virtual broker ${nodeId}.`);
    return broker;
  }

  async #open(broker: VirtualBroker): Promise<void> {
    for (const port of broker.ports) port.port = await port.listener.open(port.settings.host, port.port);
    broker.isUp = true;
  }

  #tell(): void {
    const up = this.#brokers.filter(({ isUp }) => isUp);
    this.#state.metadata.setNodes(up.map((broker) => ({ ...broker.node, endpoints: endpointsOf(broker) })));
  }
}

function endpointsOf({ ports }: VirtualBroker): ReadonlyMap<string, AdvertisedEndpoint> {
  return new Map(ports.map(({ settings, port }) => [settings.name, advertisedEndpoint(settings, port)]));
}

/** A listener's settings for the nth virtual broker: brokers take consecutive ports, advertised ones, too. */
function nthOf(settings: ListenerSettings, n: number): ListenerSettings {
  const { advertised } = settings;
  return advertised ? { ...settings, advertised: { ...advertised, port: advertised.port === 0 ? 0 : advertised.port + n } } : settings;
}

/** The overrides of addresses as they are now: read when their text changes. */
class ReadOverrides {
  #text = "";
  #byIp: ReadonlyMap<string, number> = new Map();

  of(text: string): ReadonlyMap<string, number> {
    if (text !== this.#text) {
      const byIp = connectionsByIp(text);
      // A change while it runs was judged before.
      if (byIp === undefined)
        throw new OttlaError(
          "INVALID_CONFIG",
          "max.connections.per.ip.overrides must be a list of address:count with commas between them, such as 10.0.0.1:5,fd00::1:7.",
        );
      this.#text = text;
      this.#byIp = byIp;
    }
    return this.#byIp;
  }
}
