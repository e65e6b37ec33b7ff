import type { Clock } from "@ottla/base";
import type { TopologyBuilder } from "../../topology/topology-builder.ts";
import type { ApplicationState } from "../application-state.ts";
import type { PartitionCounts } from "../plan/partition-counts.ts";
import type { TopologyPlan } from "../plan/topology-plan.ts";
import { askInstance } from "./ask-instance.ts";
import { type ChangeSource, ThreadChanges, type WatchedThread } from "./live/change-source.ts";
import { StoreWatch, type WatchedStore } from "./live/store-watch.ts";
import { LocalAnswers } from "./local-answers.ts";
import { partitionsOf, type QueryableKind, type QueryableStore, queryableStore, storePart } from "./queryable-stores.ts";
import { RestoreView } from "./restore-view.ts";
import { StoreAsker } from "./store-asker.ts";
import type { StoreCopy } from "./store-copy.ts";
import {
  type KeyValueQueries,
  keyValueQueries,
  type SessionQueries,
  sessionQueries,
  type VersionedQueries,
  versionedQueries,
  type WindowQueries,
  windowQueries,
} from "./store-queries.ts";
import { StoreQueryError } from "./store-query-error.ts";
import type { PartitionAsk, PartitionPage } from "./store-query.ts";
import { type InstanceMetadata, instancesOf, type KeyMetadata } from "./store-metadata.ts";
import { TaskHosts } from "./task-hosts.ts";

/** What an instance is, for those who ask it. */
export interface QueriesHost {
  readonly applicationId: string;
  readonly applicationServer: string | undefined;
  readonly topology: TopologyBuilder;
  readonly workers?: number;
  readonly clock: Clock;
  state(): ApplicationState;
}

/** What runs, once it does. */
export interface RunningStores {
  readonly plan: TopologyPlan;
  readonly counts: PartitionCounts;
  copies(store: QueryableStore, partition: number): readonly StoreCopy[];
  /** Asks workers on other threads; undefined where there are none. */
  askThreads?(ask: PartitionAsk): Promise<PartitionPage | undefined>;
  /** The workers on other threads, which watch their stores; undefined where none is on one. */
  threads?(): readonly WatchedThread[];
}

/** All that can be asked of an instance, and who has what it has not. Lives as long as the application; what runs is attached to it. */
export class ApplicationQueries {
  readonly host: QueriesHost;
  readonly hosts = new TaskHosts();
  readonly restoring = new RestoreView();
  readonly asker: StoreAsker;
  /** `host:port` where others ask this instance; what it serves before the start is told to them where nothing else was. */
  applicationServer: string | undefined;
  readonly #answers: LocalAnswers;
  readonly #stores = new Map<string, QueryableStore>();
  #running: RunningStores | undefined;

  constructor(host: QueriesHost) {
    this.host = host;
    this.applicationServer = host.applicationServer;
    const { clock } = host;
    this.#answers = new LocalAnswers({
      ...host,
      applicationServer: () => this.applicationServer,
      hosts: this.hosts,
      restoring: this.restoring,
      state: () => host.state(),
      store: (name) => this.store(name),
      copies: (store, partition) => this.#running?.copies(store, partition) ?? [],
    });
    this.asker = new StoreAsker({
      store: (name) => this.store(name),
      read: (ask, isAnywhere, signal) => this.#read(ask, isAnywhere, signal),
      pause: (delayMs) => new Promise((resolve) => void clock.schedule(delayMs, resolve)),
      nextTurn: () => new Promise((resolve) => clock.nextTurn(resolve)),
      nowMs: () => clock.monotonicMs(),
    });
  }

  attach(running: RunningStores): void {
    this.#running = running;
    this.#stores.clear();
  }

  /** Answers from what is in this loop. Rejects with {@link StoreQueryError}. */
  async readHere(ask: PartitionAsk): Promise<PartitionPage> {
    await this.#answers.ready(ask);
    return this.#answers.read(ask);
  }

  /** Answers from what this instance has, on whatever thread. Rejects with {@link StoreQueryError}. */
  async readInstance(ask: PartitionAsk): Promise<PartitionPage> {
    const { state } = this.host;
    const isAtWork = state() === "RUNNING" || state() === "REBALANCING";
    return (isAtWork ? await this.#running?.askThreads?.(ask) : undefined) ?? this.readHere(ask);
  }

  /** Throws `STREAMS_UNKNOWN_STORE`, `STREAMS_STORE_KIND`, `STREAMS_STORE_UNAVAILABLE` before the start. */
  store(name: string): QueryableStore {
    const known = this.#stores.get(name);
    if (known !== undefined) return known;
    const { topology, applicationId } = this.host;
    storePart(name, topology);
    if (this.#running === undefined) {
      throw new StoreQueryError(
        "STREAMS_STORE_UNAVAILABLE",
        `Application ${applicationId} is ${this.host.state()}: it has not begun with its stores. Call start().`,
        { store: name },
      );
    }
    const store = queryableStore(name, topology, this.#running.plan, this.#running.counts);
    this.#stores.set(name, store);
    return store;
  }

  /** Those that can be asked, by name. */
  names(): string[] {
    return [...this.host.topology.stores.values()]
      .filter(({ builder }) => builder.kind !== "other" && builder.serdes !== undefined)
      .map(({ builder }) => builder.name);
  }

  keyValue<K, V>(name: string): KeyValueQueries<K, V> {
    return keyValueQueries<K, V>(this.#of(name, "keyValue"));
  }

  window<K, V>(name: string): WindowQueries<K, V> {
    return windowQueries<K, V>(this.#of(name, "window"));
  }

  session<K, V>(name: string): SessionQueries<K, V> {
    return sessionQueries<K, V>(this.#of(name, "session"));
  }

  versioned<K, V>(name: string): VersionedQueries<K, V> {
    return versionedQueries<K, V>(this.#of(name, "versioned"));
  }

  /** Where a key is asked for. */
  keyMetadata(name: string, key: unknown, partition?: number): KeyMetadata {
    const store = this.store(name);
    const its = partition ?? this.asker.partitionOf(name, key, this.asker.keyBytes(name, key));
    if (store.isGlobal) return { partition: -1, applicationServer: this.applicationServer, standbys: [] };
    const { active, standbys } = this.hosts.of({ subtopology: store.subtopology, partition: its });
    return { partition: its, applicationServer: active, standbys };
  }

  metadata(name?: string): InstanceMetadata[] {
    const stores = (name === undefined ? this.names() : [name]).map((each) => this.store(each));
    return instancesOf(this.hosts.all(), stores);
  }

  /** The partitions of a store that can be asked here. */
  partitionsHere(name: string): number[] {
    const store = this.store(name);
    return partitionsOf(store).filter((partition) => this.copies(store, partition).length > 0);
  }

  copies(store: QueryableStore, partition: number): readonly StoreCopy[] {
    return this.#running?.copies(store, partition) ?? [];
  }

  /** What becomes of a store here from now on, on whatever thread. Throws as {@link ApplicationQueries.store}. */
  changes(watched: WatchedStore): ChangeSource {
    const { isGlobal } = this.store(watched.store);
    const { threads } = this.#running!;
    return (this.host.workers ?? 0) > 0 && threads !== undefined
      ? new ThreadChanges(threads, watched, isGlobal)
      : new StoreWatch(this, watched);
  }

  #of(name: string, kind: QueryableKind) {
    const { builder } = storePart(name, this.host.topology, kind);
    return { name, asker: this.asker, ...builder.serdes!, windowSizeMs: builder.windowSizeMs };
  }

  async #read(ask: PartitionAsk, isAnywhere: boolean, signal: AbortSignal | undefined): Promise<PartitionPage> {
    try {
      return await this.readInstance(ask);
    } catch (error) {
      const { host } = error instanceof StoreQueryError && error.code === "STREAMS_STORE_MOVED" ? error.details : {};
      if (!isAnywhere || host === undefined) throw error;
      return askInstance(host, this.host.applicationId, ask, signal);
    }
  }
}
