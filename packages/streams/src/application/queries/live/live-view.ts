import type { Clock } from "@ottla/base";
import { noHeaders } from "../../../record.ts";
import type { AnySerde } from "../../../serdes/serde.ts";
import type { ApplicationQueries } from "../application-queries.ts";
import { partitionsOf, type QueryableStore } from "../queryable-stores.ts";
import type { StoreChange } from "./change-log.ts";
import type { WatchedStore } from "./store-watch.ts";

/** How often changes are given on, and tasks that came or went are noticed. */
const TICK_MS = 50;
/** Silence is broken so often, so that a connection that is gone is noticed. */
const HEARTBEAT_MS = 15_000;

/**
 * What a live view tells: `partitions` (which of them are here, and where others are: at the beginning, and when that changes; what changed of them before was not told), `change`, `skipped`, `lost`, and `heartbeat` when there is
 * nothing to tell.
 */
export type LiveEvent =
  | { readonly event: "partitions"; readonly here: readonly number[]; readonly elsewhere: Readonly<Record<number, string | null>> }
  | {
      readonly event: "change";
      readonly partition: number;
      readonly key: unknown;
      /** Null: deleted. */
      readonly value: unknown;
      readonly timestamp: number;
      readonly startMs?: number;
      readonly endMs?: number;
    }
  /** So many changes were not told, since later ones of their keys are. */
  | { readonly event: "skipped"; readonly count: number }
  /** So many changes were not told and will not be: read the store anew. */
  | { readonly event: "lost"; readonly count: number }
  | { readonly event: "heartbeat" };

/** Which changes are told: of one key only, where it is named. */
export interface LiveViewOptions extends WatchedStore {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * The changes of a store's partitions in this instance, on whatever thread, as their tasks make them, committed or not; a reader that is slow is given the latest of each key. What a store forgets by age is no change. Ends with its
 * signal. Throws as {@link ApplicationQueries.store}.
 */
export async function* liveView(
  queries: ApplicationQueries,
  { store: name, key, clock, signal }: LiveViewOptions,
): AsyncGenerator<readonly LiveEvent[], void> {
  const store = queries.store(name);
  const source = queries.changes({ store: name, key });
  const partitions = key === undefined ? partitionsOf(store) : [key.partition];
  let here: readonly number[] = [];
  let told = "";
  let toldAtMs = clock.monotonicMs();
  try {
    while (!signal.aborted) {
      const taken = source.take();
      here = taken?.here ?? here;
      const events: LiveEvent[] = [];
      const where = placesOf(queries, store, partitions, here);
      if (JSON.stringify(where) !== told || (taken?.attached.length ?? 0) > 0) {
        told = JSON.stringify(where);
        events.push(where);
      }
      for (const change of taken?.changes ?? []) events.push(eventOf(store, change));
      if (taken !== undefined && taken.skipped > 0) events.push({ event: "skipped", count: taken.skipped });
      if (taken !== undefined && taken.lost > 0) events.push({ event: "lost", count: taken.lost });
      if (events.length === 0 && clock.monotonicMs() - toldAtMs >= HEARTBEAT_MS) events.push({ event: "heartbeat" });
      if (events.length > 0) {
        toldAtMs = clock.monotonicMs();
        yield events;
      }
      if (taken?.hasMore !== true) await pause(clock, signal);
    }
  } finally {
    source.close();
  }
}

function placesOf(
  queries: ApplicationQueries,
  { subtopology }: QueryableStore,
  partitions: readonly number[],
  here: readonly number[],
): LiveEvent & { readonly event: "partitions" } {
  const elsewhere = partitions.filter((partition) => !here.includes(partition));
  return {
    event: "partitions",
    here: partitions.filter((partition) => here.includes(partition)),
    elsewhere: Object.fromEntries(elsewhere.map((partition) => [partition, queries.hosts.of({ subtopology, partition }).active ?? null])),
  };
}

/** Of changes that all who watch are given alike. */
const eventsOfChanges = new WeakMap<StoreChange, LiveEvent>();

function eventOf(store: QueryableStore, change: StoreChange): LiveEvent {
  let event = eventsOfChanges.get(change);
  if (event === undefined) {
    const { partition, timestamp, startMs, endMs } = change;
    event = {
      event: "change",
      partition,
      key: shown(store, store.key, change.key),
      value: change.value === null ? null : shown(store, store.value, change.value),
      timestamp,
      ...(startMs < 0 ? {} : { startMs }),
      ...(endMs < 0 ? {} : { endMs }),
    };
    eventsOfChanges.set(change, event);
  }
  return event;
}

function shown({ topic }: QueryableStore, serde: AnySerde, bytes: Uint8Array): unknown {
  try {
    return serde.deserialize(topic, bytes, noHeaders);
  } catch {
    return Buffer.from(bytes);
  }
}

function pause(clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.schedule(TICK_MS, done);
    function done(): void {
      signal.removeEventListener("abort", done);
      timer.cancel();
      resolve();
    }
    signal.addEventListener("abort", done, { once: true });
  });
}
