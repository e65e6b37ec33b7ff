import { type Api, KafkaError } from "@ottla/protocol";
import { ClientError } from "../client-error.ts";
import type { ClientDeps } from "../deps.ts";
import { Lifetime } from "../lifetime.ts";
import { type BrokerAddress, parseBrokerAddress } from "../net/broker-address.ts";
import { BrokerLink } from "../net/broker-link.ts";
import type { VersionBounds } from "../net/broker-versions.ts";
import type { Connection } from "../net/connection.ts";
import type { ResolvedClientOptions } from "../options/client-options.ts";
import type { CallLimit } from "./call-limit.ts";
import type { ReachabilityWatch } from "./reachability.ts";
import type { MetadataSnapshot } from "./metadata-snapshot.ts";

export interface LaneCallOptions extends VersionBounds {
  readonly timeoutMs?: number | undefined;
  /** A call whose time is up is not sent any more. */
  readonly limit?: CallLimit | undefined;
}

/** What a lane needs of its client. */
export interface LaneOwner {
  readonly lifetime: Lifetime;
  readonly reachability: ReachabilityWatch;
}

/**
 * Connections of one user (a producer, a consumer's fetches, its group …), at most one per broker. Lanes are apart because answers on a
 * connection keep their order: a long poll of one user must not hold up another's heartbeat.
 */
export class Lane {
  readonly #deps: ClientDeps;
  readonly #options: ResolvedClientOptions;
  readonly #snapshot: () => MetadataSnapshot;
  readonly #links = new Map<number, BrokerLink>();
  readonly #bootstrapLinks: readonly BrokerLink[];
  #bootstrapAt: number;
  readonly #lifetime = new Lifetime();
  readonly #reachability: ReachabilityWatch;
  readonly #leaveClient: () => void;

  /** `owner`: the client, with which the lane ends. */
  constructor(deps: ClientDeps, options: ResolvedClientOptions, snapshot: () => MetadataSnapshot, owner: LaneOwner) {
    this.#deps = deps;
    this.#options = options;
    this.#snapshot = snapshot;
    this.#reachability = owner.reachability;
    this.#leaveClient = owner.lifetime.onEnd((cause) => this.#lifetime.end(cause));
    this.#bootstrapLinks = options.bootstrapServers.map(
      (text) => new BrokerLink(parseBrokerAddress(text), deps, options, this.#lifetime, this.#reachability),
    );
    this.#bootstrapAt = deps.random.nextInt(this.#bootstrapLinks.length);
  }

  /** The open connection to a broker, when there is one now. */
  current(nodeId: number): Connection | undefined {
    return this.#link(nodeId)?.current;
  }

  /** Throws `ClientError` NO_BROKER_REACHABLE when the broker is not in the metadata or takes no connection. */
  connect(nodeId: number): Promise<Connection> {
    if (this.#lifetime.cause) return Promise.reject(this.#lifetime.cause);
    const link = this.#link(nodeId);
    if (link) return link.connect();
    return Promise.reject(new ClientError("NO_BROKER_REACHABLE", `Broker ${nodeId} is not part of the cluster as it is known now.`));
  }

  /** A connection to a broker at an address that an answer named, in the metadata or not (coordinators). */
  connectTo(nodeId: number, address: BrokerAddress): Promise<Connection> {
    if (this.#lifetime.cause) return Promise.reject(this.#lifetime.cause);
    let link = this.#links.get(nodeId);
    if (link) link.moveTo(address);
    else link = this.#newLink(nodeId, address);
    return link.connect();
  }

  /** A connection to any broker: one that is open, else known brokers in random order, else the bootstrap servers. */
  async connectAny(): Promise<Connection> {
    this.#lifetime.throwIfOver();
    let lastError: unknown;
    for (const link of this.#candidates()) {
      try {
        return await link.connect();
      } catch (error) {
        this.#lifetime.throwIfOver();
        // A refusal that time will not heal, such as of an authentication, is the answer.
        if (error instanceof KafkaError && !error.retriable) throw error;
        if (error instanceof ClientError && error.fatal) throw error;
        lastError = error;
      }
    }
    // One broker's bad certificate is not the others'; where none has a good one, waiting does not help.
    if (lastError instanceof ClientError && lastError.code === "TLS_FAILED") throw lastError;
    const names = this.#options.bootstrapServers.join(", ");
    const reason = lastError instanceof Error ? ` ${lastError.message}` : "";
    const error = new ClientError("NO_BROKER_REACHABLE", `No broker could be reached; bootstrap servers: ${names}.${reason}`, {
      cause: lastError,
    });
    this.#reachability.clusterLost(error);
    throw error;
  }

  /** One call to one broker, in the highest version both sides know within the bounds. `makeRequest` gets that version. */
  async call<Request, Response>(
    nodeId: number,
    api: Api<Request, Response>,
    makeRequest: (version: number) => Request,
    options: LaneCallOptions = {},
  ): Promise<Response> {
    return callOn(await this.connect(nodeId), api, makeRequest, options);
  }

  async callAny<Request, Response>(
    api: Api<Request, Response>,
    makeRequest: (version: number) => Request,
    options: LaneCallOptions = {},
  ): Promise<Response> {
    return callOn(await this.connectAny(), api, makeRequest, options);
  }

  /** Fails whatever waits on it, at once. */
  close(cause: ClientError = new ClientError("CLIENT_CLOSED", "The client was closed.")): void {
    this.#leaveClient();
    this.#lifetime.end(cause);
  }

  #link(nodeId: number): BrokerLink | undefined {
    const broker = this.#snapshot().brokers.get(nodeId);
    let link = this.#links.get(nodeId);
    if (broker === undefined || this.#lifetime.cause) return undefined;
    if (link === undefined) link = this.#newLink(nodeId, broker);
    else if (link.address.port !== broker.port || link.address.host !== broker.host) link.moveTo(broker);
    return link;
  }

  #newLink(nodeId: number, address: BrokerAddress): BrokerLink {
    const meant = () => {
      const { clusterId } = this.#snapshot();
      return clusterId === null ? undefined : { clusterId, nodeId };
    };
    const link = new BrokerLink(address, this.#deps, this.#options, this.#lifetime, this.#reachability, meant);
    this.#links.set(nodeId, link);
    return link;
  }

  *#candidates(): Generator<BrokerLink> {
    const known = [...this.#snapshot().brokers.keys()].map((nodeId) => this.#link(nodeId)!);
    const start = known.length > 0 ? this.#deps.random.nextInt(known.length) : 0;
    const rotated = [...known.slice(start), ...known.slice(0, start)];
    const open = [...rotated, ...this.#bootstrapLinks].find((link) => link.current !== undefined);
    if (open) yield open;
    const ready = rotated.filter((link) => !link.isBackingOff);
    yield* ready;
    // Rebootstrap: no known broker answers, so ask where the cluster was first found (KIP-899).
    const servers = this.#bootstrapLinks.map((_, i) => this.#bootstrapLinks[(this.#bootstrapAt + i) % this.#bootstrapLinks.length]!);
    this.#bootstrapAt++;
    yield* servers;
  }
}

/** One call on a connection; see {@link Lane.call}. */
export function callOn<Request, Response>(
  connection: Connection,
  api: Api<Request, Response>,
  makeRequest: (version: number) => Request,
  options: LaneCallOptions = {},
): Promise<Response> {
  const ended = options.limit?.ended;
  if (ended !== undefined) return Promise.reject(ended);
  const version = connection.versions.choose(api, options);
  return connection.call(api, version, makeRequest(version), options.timeoutMs);
}
