import type { Clock } from "@ottla/base";
import { StreamsError } from "../streams-error.ts";
import type { Topology } from "../topology/topology.ts";
import type { ApplicationState } from "./application-state.ts";
import type { ResolvedOptions } from "./options/resolve-options.ts";
import { ApplicationQueries } from "./queries/application-queries.ts";
import { isTopology, loadTopology, placeOf, type TopologyPlace } from "./threads/topology-module.ts";

/** What an application tells of itself to what asks its stores. */
interface LoadedTopologyHost {
  readonly clock: Clock;
  readonly state: () => ApplicationState;
}

/** What an application runs: its topology, as it was given or as its module builds it, the options that count then, and what asks its stores. */
export class LoadedTopology {
  readonly place: TopologyPlace | undefined;
  readonly #host: LoadedTopologyHost;
  /** Undefined until its module is loaded. */
  #topology: Topology | undefined;
  #options: ResolvedOptions;
  #queries: ApplicationQueries | undefined;
  #loading: Promise<Topology> | undefined;

  constructor(topology: Topology | URL | TopologyPlace, options: ResolvedOptions, host: LoadedTopologyHost) {
    this.#host = host;
    this.#options = options;
    this.place = isTopology(topology) ? undefined : placeOf(topology);
    if (isTopology(topology)) this.#adopt(topology);
  }

  get topology(): Topology | undefined {
    return this.#topology;
  }

  /** As the application was given them; once its module is loaded, with what that says. */
  get options(): ResolvedOptions {
    return this.#options;
  }

  /** Undefined until it is loaded. */
  get queries(): ApplicationQueries | undefined {
    return this.#queries;
  }

  /** Throws `STREAMS_STORE_UNAVAILABLE` until it is loaded. */
  get asked(): ApplicationQueries {
    if (this.#queries !== undefined) return this.#queries;
    throw new StreamsError(
      "STREAMS_STORE_UNAVAILABLE",
      `Application ${this.#options.applicationId} has not loaded its topology's module (${this.#host.state()}): start it first.`,
    );
  }

  /** Loads its module, if it has one: once, whoever asks. */
  load(): Promise<Topology> {
    this.#loading ??= this.#loadOnce();
    return this.#loading;
  }

  async #loadOnce(): Promise<Topology> {
    if (this.place === undefined) return this.#topology!;
    const { topology, options } = await loadTopology(this.place, this.#options);
    this.#options = options;
    this.#adopt(topology);
    return topology;
  }

  #adopt(topology: Topology): void {
    this.#topology = topology;
    this.#queries = new ApplicationQueries({ ...this.#options, topology: topology.builder, ...this.#host });
  }
}
