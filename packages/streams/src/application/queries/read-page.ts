import { BytesStore } from "../../stores/bytes-store.ts";
import { beginsWith, compareBytes } from "../../stores/bytes/compare-bytes.ts";
import { copiedBytes } from "../../stores/bytes/owned-bytes.ts";
import type { KeyValueBytes, KeyValueReads, StoredEntry } from "../../stores/key-value/key-value-bytes.ts";
import type { SessionBytes, SessionReads, StoredSession } from "../../stores/session/session-bytes.ts";
import type { StateStore } from "../../stores/store.ts";
import { type Walk, walkOf } from "../../stores/store-walk.ts";
import type { FoundVersion, VersionedBytes } from "../../stores/versioned/versioned-bytes.ts";
import type { StoredWindow, WindowBytes, WindowReads } from "../../stores/window/window-bytes.ts";
import type { PartitionAsk, RowPlace, StoredRow, StoreQuery } from "./store-query.ts";

/** So long one page may take, so that tasks and others have their turn. */
const PAGE_MS = 4;
const PAGE_BYTES = 1024 * 1024;
/** After so many rows or bytes the time is looked at. */
const ROWS_PER_LOOK = 32;
const BYTES_PER_LOOK = 64 * 1024;

/** The rows of a page, and behind which one the next begins. */
export type RowsAndNext = { readonly rows: StoredRow[]; readonly next: RowPlace | null };

/**
 * Reads rows from where the page before ended until there are enough, a MiB is full or 4 ms are over; at least one, and all that a key has in one window. No walk stays open between two pages: what changes
 * meanwhile is seen or not, as it stands before or behind the place. Nothing in the store changes, nor in what caches hold.
 */
export function readPage(
  store: StateStore,
  { query, after, rowsMax }: Pick<PartitionAsk, "query" | "after" | "rowsMax">,
  nowMs: () => number,
): RowsAndNext {
  const walk = walkFor((store as BytesStore<unknown, unknown, never>).stored, query, after);
  const rows: StoredRow[] = [];
  const endMs = nowMs() + PAGE_MS;
  let bytes = 0;
  let seenBytes = 0;
  let isFull = false;
  try {
    for (let row = walk.next(); row !== undefined; row = walk.next()) {
      const last = rows.at(-1);
      if (isFull && last !== undefined && !isSamePlace(last, row)) return { rows, next: placeOf(last) };
      rows.push({ ...row, key: copiedBytes(row.key), value: copiedBytes(row.value) });
      bytes += row.key.length + row.value.length;
      if (rows.length >= rowsMax || bytes >= PAGE_BYTES) isFull = true;
      else if (rows.length % ROWS_PER_LOOK === 0 || bytes - seenBytes > BYTES_PER_LOOK) {
        seenBytes = bytes;
        isFull = nowMs() >= endMs;
      }
    }
  } finally {
    walk.close();
  }
  return { rows, next: null };
}

/** Whether a store of bytes of that kind can be asked. */
export function isAskable(store: StateStore): boolean {
  return store instanceof BytesStore;
}

function walkFor(stored: unknown, query: StoreQuery, after: RowPlace | null): Walk<StoredRow> {
  switch (query.kind) {
    case "key":
    case "range":
    case "prefix":
      return keyValueWalk((stored as KeyValueBytes).looked(), query, after);
    case "window":
    case "windows":
    case "allWindows":
      return windowWalk((stored as WindowBytes).looked(), query, after);
    case "session":
    case "sessions":
    case "allSessions":
      return sessionWalk((stored as SessionBytes).looked(), query, after);
    case "version":
    case "versions":
      return versionWalk(stored as VersionedBytes, query, after);
  }
}

function keyValueWalk(
  store: KeyValueReads,
  query: Extract<StoreQuery, { kind: "key" | "range" | "prefix" }>,
  after: RowPlace | null,
): Walk<StoredRow> {
  if (query.kind === "key") {
    const found = after === null ? store.get(query.key) : undefined;
    return once(
      found === undefined ? undefined : { key: query.key, value: found.value, timestamp: found.timestamp, startMs: -1, endMs: -1 },
    );
  }
  const { isReverse } = query;
  const first = query.kind === "prefix" ? query.prefix : query.from;
  const last = query.kind === "prefix" ? behindPrefix(query.prefix) : query.to;
  const from = isReverse || after === null ? first : after.key;
  const to = !isReverse || after === null ? last : after.key;
  // As in Java: a range whose ends are the wrong way round is empty.
  if (from !== null && to !== null && compareBytes(from, to) > 0) return once(undefined);
  const isWithin = (key: Uint8Array) => query.kind !== "prefix" || beginsWith(key, query.prefix);
  const walk = store.walk(from, to, isReverse);
  const row = ({ key, value, timestamp }: StoredEntry): StoredRow => ({ key, value, timestamp, startMs: -1, endMs: -1 });
  return {
    next() {
      for (let entry = walk.next(); entry !== undefined; entry = walk.next()) {
        if (after !== null && compareBytes(entry.key, after.key) === 0) continue;
        if (isWithin(entry.key)) return row(entry);
        // Backwards the first one may be the end itself.
        if (!isReverse) return undefined;
      }
      return undefined;
    },
    close: () => walk.close(),
  };
}

function windowWalk(
  store: WindowReads,
  query: Extract<StoreQuery, { kind: "window" | "windows" | "allWindows" }>,
  after: RowPlace | null,
): Walk<StoredRow> {
  const row = ({ key, startMs, value, timestamp }: StoredWindow): StoredRow => ({ key, startMs, endMs: -1, value, timestamp });
  if (query.kind === "window") {
    const found = after === null ? store.fetch(query.key, query.startMs) : undefined;
    return once(found === undefined ? undefined : row(found));
  }
  const { fromMs, toMs, isReverse } = query;
  if (query.kind === "allWindows") {
    if (after !== null && (after.startMs < fromMs || after.startMs > toMs)) return once(undefined);
    return mapped(store.walkAll(fromMs, toMs, isReverse, after ?? undefined), row);
  }
  const from = isReverse || after === null ? fromMs : after.startMs + 1;
  const to = !isReverse || after === null ? toMs : after.startMs - 1;
  return from > to ? once(undefined) : mapped(store.walkKey(query.key, from, to, isReverse), row);
}

function sessionWalk(
  store: SessionReads,
  query: Extract<StoreQuery, { kind: "session" | "sessions" | "allSessions" }>,
  after: RowPlace | null,
): Walk<StoredRow> {
  const row = ({ key, startMs, endMs, value }: StoredSession): StoredRow => ({ key, startMs, endMs, value, timestamp: endMs });
  if (query.kind === "session") {
    const found = after === null ? store.fetch(query.key, query.startMs, query.endMs) : undefined;
    return once(found === undefined ? undefined : row(found));
  }
  if (query.kind === "allSessions") {
    if (after !== null && (after.endMs < query.fromEndMs || after.endMs > query.toEndMs)) return once(undefined);
    return mapped(store.walkEnds(query.fromEndMs, query.toEndMs, after ?? undefined), row);
  }
  const { key, earliestEndMs, latestStartMs, isReverse } = query;
  const earliest = isReverse || after === null ? earliestEndMs : Math.max(earliestEndMs, after.endMs);
  const walk = mapped(store.walkKey(key, earliest, latestStartMs, isReverse), row);
  if (after === null) return walk;
  // By end, of one end the latest start first; backwards the other way round.
  const order = ({ startMs, endMs }: StoredRow) => (endMs - after.endMs || after.startMs - startMs) * (isReverse ? -1 : 1);
  return filtered(walk, (session) => order(session) > 0);
}

function versionWalk(
  store: VersionedBytes,
  query: Extract<StoreQuery, { kind: "version" | "versions" }>,
  after: RowPlace | null,
): Walk<StoredRow> {
  const row = ({ value, timestamp, validToMs }: FoundVersion): StoredRow => ({
    key: query.key,
    value,
    timestamp,
    startMs: timestamp,
    endMs: validToMs ?? -1,
  });
  if (query.kind === "version") {
    const { key, asOfMs } = query;
    const found = after !== null ? undefined : asOfMs === null ? store.latest(key) : store.asOf(key, asOfMs);
    return once(found === undefined ? undefined : row(found));
  }
  const { key, fromMs, toMs, isReverse } = query;
  const found = store.versions(key, fromMs, isReverse && after !== null ? Math.min(toMs, after.startMs - 1) : toMs, isReverse);
  let at = 0;
  const walk = mapped(
    walkOf(() => found[at++]),
    row,
  );
  return after === null || isReverse ? walk : filtered(walk, ({ startMs }) => startMs > after.startMs);
}

function once(row: StoredRow | undefined): Walk<StoredRow> {
  let next = row;
  return walkOf(() => {
    const given = next;
    next = undefined;
    return given;
  });
}

function mapped<T>(walk: Walk<T>, turn: (entry: T) => StoredRow): Walk<StoredRow> {
  return {
    next() {
      const entry = walk.next();
      return entry === undefined ? undefined : turn(entry);
    },
    close: () => walk.close(),
  };
}

function filtered(walk: Walk<StoredRow>, isWanted: (row: StoredRow) => boolean): Walk<StoredRow> {
  return {
    next() {
      for (let row = walk.next(); row !== undefined; row = walk.next()) if (isWanted(row)) return row;
      return undefined;
    },
    close: () => walk.close(),
  };
}

function isSamePlace(a: RowPlace, b: RowPlace): boolean {
  return a.startMs === b.startMs && a.endMs === b.endMs && compareBytes(a.key, b.key) === 0;
}

function placeOf({ key, startMs, endMs }: RowPlace): RowPlace {
  return { key, startMs, endMs };
}

/** The first key behind all that begin so; null: there is none. */
function behindPrefix(prefix: Uint8Array): Uint8Array | null {
  let length = prefix.length;
  while (length > 0 && prefix[length - 1] === 0xff) length--;
  if (length === 0) return null;
  const behind = Uint8Array.from(prefix.subarray(0, length));
  behind[length - 1]! += 1;
  return behind;
}
