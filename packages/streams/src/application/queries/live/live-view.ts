import type { Clock } from "@ottla/base";
import { noHeaders } from "../../../record.ts";
import type { AnySerde } from "../../../serdes/serde.ts";
import { compareBytes } from "../../../stores/bytes/compare-bytes.ts";
import type { StateStore } from "../../../stores/store.ts";
import type { ApplicationQueries } from "../application-queries.ts";
import { partitionsOf, type QueryableStore } from "../queryable-stores.ts";
import { PendingChanges } from "./pending-changes.ts";
import { watchStore } from "./watch-store.ts";

/** How often changes are given on, and tasks that came or went are noticed. */
const TICK_MS = 50;
const EVENTS_PER_TAKE = 500;
/** So many keys and bytes wait for a slow reader. */
const KEYS_MAX = 10_000;
const BYTES_MAX = 4 * 1024 * 1024;
/** Silence is broken so often, so that a connection that is gone is noticed. */
const HEARTBEAT_MS = 15_000;

/** What a live view tells: `partitions` (which of them are here, and where others are: at the beginning, and when that changes), `change`, `skipped`, `lost`, and `heartbeat` when there is nothing to tell. */
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

/** Which changes are told. */
export interface LiveViewOptions {
  readonly store: string;
  /** Of this key only. */
  readonly key?: { readonly bytes: Uint8Array; readonly partition: number } | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** The changes of a store's partitions in this instance, as their tasks make them, committed or not; a reader that is slow is given the latest of each key. What a store forgets by age is no change. Ends with its signal. */
export async function* liveView(
  queries: ApplicationQueries,
  { store: name, key, clock, signal }: LiveViewOptions,
): AsyncGenerator<readonly LiveEvent[], void> {
  const store = queries.store(name);
  const pending = new PendingChanges(KEYS_MAX, BYTES_MAX);
  const attached = new Map<number, { readonly store: StateStore; readonly detach: () => void }>();
  const partitions = key === undefined ? partitionsOf(store) : [key.partition];
  let told = "";
  let toldAtMs = clock.monotonicMs();
  try {
    while (!signal.aborted) {
      for (const partition of partitions) attach(queries, store, partition, key?.bytes, pending, attached);
      const events: LiveEvent[] = [];
      const where = placesOf(queries, store, partitions, attached);
      if (JSON.stringify(where) !== told) {
        told = JSON.stringify(where);
        events.push(where);
      }
      for (let change = pending.take(); change !== undefined; change = events.length < EVENTS_PER_TAKE ? pending.take() : undefined) {
        const { partition, timestamp, startMs, endMs } = change;
        events.push({
          event: "change",
          partition,
          key: shown(store, store.key, change.key),
          value: change.value === null ? null : shown(store, store.value, change.value),
          timestamp,
          ...(startMs < 0 ? {} : { startMs }),
          ...(endMs < 0 ? {} : { endMs }),
        });
      }
      const { skipped, lost } = pending.takeCounts();
      if (skipped > 0) events.push({ event: "skipped", count: skipped });
      if (lost > 0) events.push({ event: "lost", count: lost });
      if (events.length === 0 && clock.monotonicMs() - toldAtMs >= HEARTBEAT_MS) events.push({ event: "heartbeat" });
      if (events.length > 0) {
        toldAtMs = clock.monotonicMs();
        yield events;
      }
      if (pending.size === 0) await pause(clock, signal);
    }
  } finally {
    for (const { detach } of attached.values()) detach();
  }
}

function attach(
  queries: ApplicationQueries,
  store: QueryableStore,
  partition: number,
  only: Uint8Array | undefined,
  pending: PendingChanges,
  attached: Map<number, { readonly store: StateStore; readonly detach: () => void }>,
): void {
  const copy = queries.copies(store, partition).find(({ role, isRestoring }) => role !== "standby" && !isRestoring)?.store;
  const known = attached.get(partition);
  if (known?.store === copy) return;
  known?.detach();
  attached.delete(partition);
  if (copy === undefined) return;
  const detach = watchStore(copy, store.kind, (key, value, timestamp, startMs, endMs) => {
    if (only === undefined || compareBytes(key, only) === 0) pending.put(partition, key, value, timestamp, startMs, endMs);
  });
  attached.set(partition, { store: copy, detach });
}

function placesOf(
  queries: ApplicationQueries,
  { subtopology }: QueryableStore,
  partitions: readonly number[],
  attached: ReadonlyMap<number, unknown>,
): LiveEvent & { readonly event: "partitions" } {
  const elsewhere = partitions.filter((partition) => !attached.has(partition));
  return {
    event: "partitions",
    here: partitions.filter((partition) => attached.has(partition)),
    elsewhere: Object.fromEntries(elsewhere.map((partition) => [partition, queries.hosts.of({ subtopology, partition }).active ?? null])),
  };
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
