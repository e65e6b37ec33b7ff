import type { Clock } from "@ottla/base";
import type { ApplicationState } from "../application-state.ts";
import { type QueryableKind, type QueryableStore, wrongKind } from "./queryable-stores.ts";
import { isAskable, readPage } from "./read-page.ts";
import type { RestoreView } from "./restore-view.ts";
import type { StoreCopy } from "./store-copy.ts";
import { StoreQueryError } from "./store-query-error.ts";
import { isUpTo, type PartitionAsk, type PartitionPage, type StoreQuery } from "./store-query.ts";
import type { TaskHosts } from "./task-hosts.ts";

/** What answers know of the instance. */
export interface LocalAnswersHost {
  readonly applicationId: string;
  applicationServer(): string | undefined;
  readonly clock: Clock;
  readonly hosts: TaskHosts;
  readonly restoring: RestoreView;
  state(): ApplicationState;
  store(name: string): QueryableStore;
  /** All copies here of a partition of it. */
  copies(store: QueryableStore, partition: number): readonly StoreCopy[];
}

const kindOfQuery: Readonly<Record<StoreQuery["kind"], QueryableKind>> = {
  key: "keyValue",
  range: "keyValue",
  prefix: "keyValue",
  window: "window",
  windows: "window",
  allWindows: "window",
  session: "session",
  sessions: "session",
  allSessions: "session",
  version: "versioned",
  versions: "versioned",
};

/** Answers from the copies of this instance, each page as of one moment between two records: what a record does is seen whole or not at all, committed or not, through caches, as in Java. */
export class LocalAnswers {
  readonly #host: LocalAnswersHost;

  constructor(host: LocalAnswersHost) {
    this.#host = host;
  }

  /** What a copy that is being filled holds is put where it can be found, in turns, before it is asked. Rejects with {@link StoreQueryError}. */
  async ready(ask: PartitionAsk): Promise<void> {
    if (!ask.isStaleFine) return;
    const copy = chosen(this.#host.copies(this.#host.store(ask.store), ask.partition), true);
    await copy?.settle?.(this.#host.clock);
  }

  /** Throws {@link StoreQueryError}. */
  read(ask: PartitionAsk): PartitionPage {
    const { clock } = this.#host;
    const store = this.#host.store(ask.store);
    const asked = kindOfQuery[ask.query.kind];
    if (asked !== store.kind) throw wrongKind(store.name, store.kind, asked);
    const copies = this.#host.copies(store, ask.partition);
    const copy = chosen(copies, ask.isStaleFine);
    if (copy === undefined) throw this.#absence(store, ask.partition, copies);
    const { position, role, lag } = copy;
    if (ask.bound !== null && !isUpTo(position, ask.bound, ask.partition)) {
      throw new StoreQueryError(
        "STREAMS_QUERY_BEHIND",
        `${placeOf(store, ask.partition)} is not as new as the question asks: ask again, or give waitMs.`,
        {
          store: store.name,
          partition: ask.partition,
          position,
        },
      );
    }
    if (!isAskable(copy.store)) throw wrongKind(store.name, store.kind, asked);
    return { ...readPage(copy.store, ask, () => clock.monotonicMs()), position, role, lag };
  }

  /** Why nobody here can answer. */
  #absence(store: QueryableStore, partition: number, copies: readonly StoreCopy[]): StoreQueryError {
    const { hosts, applicationId, restoring } = this.#host;
    const state = this.#host.state();
    const isRunning = state === "RUNNING" || state === "REBALANCING";
    const details = { store: store.name, partition };
    const place = placeOf(store, partition);
    if (!store.isGlobal && (partition < 0 || partition >= store.partitionCount)) {
      return new StoreQueryError(
        "STREAMS_BAD_ARGUMENT",
        `Store ${store.name} has ${store.partitionCount} partitions: there is no ${partition}.`,
        details,
      );
    }
    const { active, standbys } = hosts.of({ subtopology: store.subtopology, partition });
    const isComing = active !== undefined && active === this.#host.applicationServer();
    const isRestoring = copies.some((copy) => copy.role !== "standby");
    if (isRunning && (isRestoring || isComing)) {
      const progress = restoring.of(store.name, partition);
      const told = progress === undefined ? "" : `, at offset ${progress.position} of ${progress.end}`;
      return new StoreQueryError(
        "STREAMS_STORE_RESTORING",
        `${place} is ${isRestoring ? "being restored" : "on its way"} here${told}: ask again, or give waitMs.`,
        { ...details, ...(progress === undefined ? {} : { progress: [{ ...details, position: progress.position, end: progress.end }] }) },
      );
    }
    if (isRunning && active !== undefined) {
      const copiesAt = standbys.length === 0 ? "" : ` (copies at ${standbys.join(", ")})`;
      return new StoreQueryError("STREAMS_STORE_MOVED", `${place} is not here but at ${active}${copiesAt}.`, { ...details, host: active });
    }
    return new StoreQueryError(
      "STREAMS_STORE_UNAVAILABLE",
      `No task with store ${store.name} runs in this instance of ${applicationId} (${state})${isRunning ? ", and none that has it says where it can be asked (applicationServer)" : ""}.`,
      details,
    );
  }
}

function chosen(copies: readonly StoreCopy[], isStaleFine: boolean): StoreCopy | undefined {
  return copies.find(({ isRestoring, role }) => !isRestoring && role !== "standby") ?? (isStaleFine ? copies[0] : undefined);
}

function placeOf({ name, isGlobal }: QueryableStore, partition: number): string {
  return isGlobal ? `Global store ${name}` : `Partition ${partition} of store ${name}`;
}
