import { boxedTime } from "../../boxed-time.ts";
import { COPY_SLACK_MS, EXPIRED_PER_PUT, RetentionClock } from "../retention-clock.ts";
import { BlockList } from "../bytes/block-list.ts";
import { ByteTable, type Keyed } from "../bytes/byte-table.ts";
import { compareBytes } from "../bytes/compare-bytes.ts";
import { copiedBytes, replacedBytes } from "../bytes/owned-bytes.ts";
import { type Walk, walkOf } from "../store-walk.ts";
import type { SessionBytes, SessionPlace, SessionReads, StoredSession, TakenSessions } from "./session-bytes.ts";
import { endInSessionKey, keyInSessionKey, startInSessionKey } from "./session-key.ts";

class Session implements StoredSession {
  readonly key: Uint8Array;
  readonly startMs: number = boxedTime;
  readonly endMs: number = boxedTime;
  value: Uint8Array;

  constructor(key: Uint8Array, startMs: number, endMs: number, value: Uint8Array) {
    this.key = key;
    this.startMs = startMs;
    this.endMs = endMs;
    this.value = value;
  }
}

/** Sessions of one key, in the order of {@link SessionBytes.walkKey}. */
interface KeySessions extends Keyed {
  readonly sessions: Session[];
  /** Their starts ascend as well, as those that do not overlap do: what is behind the latest start has not to be looked at. */
  areStartsAscending: boolean;
}

/** Sessions in memory. Those that ended the retention before the latest end that was put are gone, to the millisecond; their memory is freed with the puts that follow. A walk over a key's sessions is of those there were at its beginning. */
export class InMemorySession implements SessionBytes {
  readonly isPersistent = false;
  readonly #dropped: (() => void) | undefined;
  readonly #expiredPerPut: number;
  /** More is over than was let go of. */
  #hasExpired = false;
  readonly #byKey = new ByteTable<KeySessions>();
  #byEnd = new BlockList<StoredSession>(byEnd);
  readonly #clock: RetentionClock;

  /** `dropped` is called for each put that comes too late to be kept. */
  constructor(retentionMs: number, dropped?: () => void, expiredPerPut = EXPIRED_PER_PUT) {
    this.#expiredPerPut = expiredPerPut;
    this.#clock = new RetentionClock(retentionMs, -1, COPY_SLACK_MS);
    this.#dropped = dropped;
  }

  put(key: Uint8Array, startMs: number, endMs: number, value: Uint8Array | null): void {
    if (this.#clock.put(endMs) || this.#hasExpired) this.#expire();
    if (endMs < this.#clock.liveFromMs) this.#dropped?.();
    else this.#set(key, startMs, endMs, value);
  }

  #set(key: Uint8Array, startMs: number, endMs: number, value: Uint8Array | null): void {
    let ofKey = this.#byKey.get(key);
    const at = ofKey === undefined ? 0 : placeOf(ofKey.sessions, startMs, endMs);
    const found = ofKey?.sessions[at];
    const isThere = found !== undefined && found.startMs === startMs && found.endMs === endMs;
    if (value === null) {
      if (isThere) this.#remove(found, true);
    } else if (isThere) {
      found.value = replacedBytes(found.value, value);
    } else {
      if (ofKey === undefined) {
        ofKey = { key: copiedBytes(key), hash: 0, sessions: [], areStartsAscending: true };
        this.#byKey.insert(ofKey);
      }
      const session = new Session(ofKey.key, startMs, endMs, copiedBytes(value));
      const { sessions } = ofKey;
      if ((sessions[at - 1]?.startMs ?? startMs) > startMs || (sessions[at]?.startMs ?? startMs) < startMs)
        ofKey.areStartsAscending = false;
      sessions.splice(at, 0, session);
      this.#byEnd.insert(session);
    }
  }

  fetch(key: Uint8Array, startMs: number, endMs: number): StoredSession | undefined {
    const sessions = endMs < this.#clock.liveFromMs ? undefined : this.#byKey.get(key)?.sessions;
    const found = sessions?.[placeOf(sessions, startMs, endMs)];
    return found !== undefined && found.startMs === startMs && found.endMs === endMs ? found : undefined;
  }

  walkKey(key: Uint8Array, earliestEndMs: number, latestStartMs: number, isReverse: boolean): Walk<StoredSession> {
    const ofKey = this.#byKey.get(key);
    const found = ofKey === undefined ? [] : within(ofKey, Math.max(earliestEndMs, this.#clock.liveFromMs), latestStartMs);
    if (isReverse) found.reverse();
    let at = 0;
    return walkOf(() => found[at++]);
  }

  takeKey(key: Uint8Array, into: TakenSessions): void {
    const ofKey = this.#byKey.get(key);
    if (ofKey === undefined) return;
    const { sessions, areStartsAscending } = ofKey;
    const { latestStartMs } = into;
    for (
      let i = placeOf(sessions, Number.POSITIVE_INFINITY, Math.max(into.earliestEndMs, this.#clock.liveFromMs));
      i < sessions.length;
      i++
    ) {
      const session = sessions[i]!;
      if (session.startMs > latestStartMs) {
        if (areStartsAscending) return;
      } else if (!into.take(session)) return;
    }
  }

  walkEnds(fromEndMs: number, toEndMs: number, after?: SessionPlace): Walk<StoredSession> {
    const from = Math.max(fromEndMs, this.#clock.liveFromMs);
    const isAfter = after !== undefined && after.endMs >= from;
    let next = this.#byEnd.ascending(isAfter ? { ...after, value: noBytes } : firstOfEnd(from));
    return walkOf(() => {
      let session = next();
      const { liveFromMs } = this.#clock;
      if (session !== undefined && session.endMs < liveFromMs) {
        next = this.#byEnd.ascending(firstOfEnd(liveFromMs));
        session = next();
      }
      if (after !== undefined && session !== undefined && byEnd(session, after) === 0) session = next();
      return session !== undefined && session.endMs <= toEndMs ? session : undefined;
    });
  }

  looked(): SessionReads {
    return this;
  }

  restore(changelogKey: Uint8Array, value: Uint8Array | null): void {
    const endMs = endInSessionKey(changelogKey);
    if (this.#clock.restore(endMs) || this.#hasExpired) this.#expire();
    if (endMs < this.#clock.liveFromMs) this.#clock.removed(endMs + 1);
    else this.#set(keyInSessionKey(changelogKey), startInSessionKey(changelogKey), endMs, value);
  }

  judgeAsOf(streamTimeMs: number): boolean {
    const isWhole = this.#clock.judgeAsOf(streamTimeMs);
    this.#expire();
    return isWhole;
  }

  flush(): void {}

  close(): void {
    this.#byKey.clear();
    this.#byEnd = new BlockList<StoredSession>(byEnd);
  }

  #remove(session: StoredSession, fromEnds: boolean): void {
    const ofKey = this.#byKey.get(session.key)!;
    ofKey.sessions.splice(placeOf(ofKey.sessions, session.startMs, session.endMs), 1);
    if (ofKey.sessions.length === 0) this.#byKey.delete(session.key);
    if (fromEnds) this.#byEnd.remove(session);
  }

  #expire(): void {
    const { liveFromMs } = this.#clock;
    for (let i = 0; i < this.#expiredPerPut; i++) {
      const session = this.#byEnd.first;
      this.#hasExpired = session !== undefined && session.endMs < liveFromMs;
      if (session === undefined || !this.#hasExpired) return;
      this.#clock.removed(session.endMs + 1);
      this.#byEnd.removeFirst();
      this.#remove(session, false);
    }
  }
}

function within({ sessions, areStartsAscending }: KeySessions, earliestEndMs: number, latestStartMs: number): StoredSession[] {
  const found: StoredSession[] = [];
  for (let i = placeOf(sessions, Number.POSITIVE_INFINITY, earliestEndMs); i < sessions.length; i++) {
    const session = sessions[i]!;
    if (session.startMs <= latestStartMs) found.push(session);
    else if (areStartsAscending) break;
  }
  return found;
}

function placeOf(sessions: readonly StoredSession[], startMs: number, endMs: number): number {
  let low = 0;
  let high = sessions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = sessions[middle]!;
    if (other.endMs < endMs || (other.endMs === endMs && other.startMs > startMs)) low = middle + 1;
    else high = middle;
  }
  return low;
}

const noBytes = new Uint8Array();

function firstOfEnd(endMs: number): StoredSession {
  return { key: noBytes, startMs: Number.POSITIVE_INFINITY, endMs, value: noBytes };
}

function byEnd(a: SessionPlace, b: SessionPlace): number {
  return a.endMs - b.endMs || compareBytes(a.key, b.key) || b.startMs - a.startMs;
}
