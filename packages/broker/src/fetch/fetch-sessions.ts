import type { Clock, Random, Timer } from "@ottla/base";
import type { Closed } from "../net/closed.ts";
import type { FetchedPartitions } from "./fetched-partitions.ts";

/** More partitions than this are fetched without a session. */
export const SESSION_PARTITIONS_MAX = 50_000;
/** Memory of all sessions together, in bytes. */
const SESSIONS_MAX_BYTES: number = 64 * 1024 * 1024;
/** A session that has been idle so long, or whose connection went so long ago, makes room for others. As in Kafka. */
const EVICTION_MS = 120_000;
const MAX_EPOCH = 2147483647;

/** An incremental fetch session (KIP-227). */
export interface FetchSession {
  readonly sessionId: number;
  readonly usesTopicIds: boolean;
  readonly partitions: FetchedPartitions;
  /** The epoch that the client's next request must carry. */
  nextEpoch: number;
  /** What the last Fetch was: another isolation level finds other ends. */
  readCommitted: boolean;
  /** Under which rights the last Fetch was: others may find other partitions closed. */
  reading: { readonly holder: object; readonly epoch: number } | undefined;
}

interface Kept {
  readonly session: FetchSession;
  lastUsedMs: number;
  heldBytes: number;
  /** Runs while the session's connection is gone and none has taken it up. */
  orphaned: Timer | undefined;
  forgetClosed: () => void;
}

/** The epoch after `epoch`; 0 is never reused, as it means a new session. */
export function epochAfter(epoch: number): number {
  return epoch === MAX_EPOCH ? 1 : epoch + 1;
}

/**
 * The sessions of one broker, bounded in number, in partitions of each and in bytes of all. A session may be continued over another connection; once its own has
 * closed it is the first to go when room is needed, and goes by itself after two minutes. Else a full cache gives up the session that has been idle longest, but only
 * once it has been for two minutes; the newcomer gets no session otherwise, which every client accepts.
 */
export class FetchSessions {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #maxSessions: number;
  readonly #maxBytes: number;
  /** Least recently used first. */
  readonly #sessions = new Map<number, Kept>();
  /** Those without a connection, least recently used first. */
  readonly #orphans = new Set<Kept>();
  #heldBytes = 0;

  constructor(deps: { readonly clock: Clock; readonly random: Random }, maxSessions: number, maxBytes: number = SESSIONS_MAX_BYTES) {
    this.#clock = deps.clock;
    this.#random = deps.random;
    this.#maxSessions = maxSessions;
    this.#maxBytes = maxBytes;
  }

  get size(): number {
    return this.#sessions.size;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Opens a session for the client behind `closed`, or returns undefined when there is no room for it. */
  create(
    opened: Pick<FetchSession, "usesTopicIds" | "partitions" | "readCommitted"> & Partial<Pick<FetchSession, "reading">>,
    closed: Closed,
  ): FetchSession | undefined {
    const { partitions } = opened;
    if (partitions.count > SESSION_PARTITIONS_MAX || !this.#makeRoom(partitions.heldBytes, undefined)) return undefined;
    let sessionId = 0;
    while (sessionId === 0 || this.#sessions.has(sessionId)) sessionId = this.#random.nextInt(MAX_EPOCH);
    const session: FetchSession = { reading: undefined, ...opened, sessionId, nextEpoch: 1 };
    const kept: Kept = { session, lastUsedMs: 0, heldBytes: 0, orphaned: undefined, forgetClosed: () => {} };
    this.#sessions.set(sessionId, kept);
    this.#weigh(kept);
    this.#touch(kept, closed);
    return session;
  }

  /** The session of that id. */
  get(sessionId: number): FetchSession | undefined {
    return this.#sessions.get(sessionId)?.session;
  }

  /** The session is used, over the connection behind `closed`, and so becomes the most recently used. */
  use({ sessionId }: FetchSession, closed: Closed): void {
    const kept = this.#sessions.get(sessionId);
    if (kept) this.#touch(kept, closed);
  }

  /** Partitions were added or forgotten. False: the session has become larger than there is room for, and is closed. */
  resized({ sessionId }: FetchSession): boolean {
    const kept = this.#sessions.get(sessionId);
    if (!kept) return false;
    const { partitions } = kept.session;
    const moreBytes = partitions.heldBytes - kept.heldBytes;
    if (partitions.count > SESSION_PARTITIONS_MAX || (moreBytes > 0 && !this.#makeRoom(moreBytes, kept))) {
      this.#drop(kept);
      return false;
    }
    this.#weigh(kept);
    return true;
  }

  close(sessionId: number): void {
    const kept = this.#sessions.get(sessionId);
    if (kept) this.#drop(kept);
  }

  closeAll(): void {
    for (const kept of [...this.#sessions.values()]) this.#drop(kept);
  }

  /** Lets sessions go until one more of `bytes`, or `grown` by as many, fits. */
  #makeRoom(bytes: number, grown: Kept | undefined): boolean {
    if (bytes > this.#maxBytes) return false;
    const idleSinceMs = this.#clock.monotonicMs() - EVICTION_MS;
    const isNew = grown === undefined;
    while (this.#heldBytes + bytes > this.#maxBytes || (isNew && this.#sessions.size >= this.#maxSessions)) {
      const orphan = this.#orphans.values().next().value;
      const oldest = orphan ?? this.#sessions.values().next().value;
      if (oldest === undefined || oldest === grown) return false;
      if (orphan === undefined && oldest.lastUsedMs > idleSinceMs) return false;
      this.#drop(oldest);
    }
    return true;
  }

  #weigh(kept: Kept): void {
    const { heldBytes } = kept.session.partitions;
    this.#heldBytes += heldBytes - kept.heldBytes;
    kept.heldBytes = heldBytes;
  }

  #touch(kept: Kept, closed: Closed): void {
    const { sessionId } = kept.session;
    kept.lastUsedMs = this.#clock.monotonicMs();
    this.#sessions.delete(sessionId);
    this.#sessions.set(sessionId, kept);
    this.#adopt(kept);
    kept.forgetClosed = closed.onClosed(() => this.#orphan(kept));
  }

  #orphan(kept: Kept): void {
    if (this.#sessions.get(kept.session.sessionId) !== kept) return;
    this.#orphans.add(kept);
    kept.orphaned = this.#clock.schedule(EVICTION_MS, () => this.#drop(kept));
  }

  /** It has a connection, or needs none any more. */
  #adopt(kept: Kept): void {
    kept.forgetClosed();
    kept.orphaned?.cancel();
    kept.orphaned = undefined;
    this.#orphans.delete(kept);
  }

  #drop(kept: Kept): void {
    this.#adopt(kept);
    this.#sessions.delete(kept.session.sessionId);
    this.#heldBytes -= kept.heldBytes;
    kept.session.partitions.close();
  }
}
