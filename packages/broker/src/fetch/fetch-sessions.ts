import type { Clock, Random } from "@ottla/base";

/** One partition as a fetch session remembers it. Mutable: the session alone changes it. */
export interface SessionPartition {
  readonly topic: string;
  readonly topicId: string;
  readonly index: number;
  fetchOffset: number;
  maxBytes: number;
  currentLeaderEpoch: number;
  lastFetchedEpoch: number;
  /** What the client was last told, −1 before the first answer. */
  sentHighWatermark: number;
  sentLogStartOffset: number;
}

/** An incremental fetch session (KIP-227). */
export interface FetchSession {
  readonly sessionId: number;
  readonly usesTopicIds: boolean;
  /** The epoch that the client's next request must carry. */
  nextEpoch: number;
  /** By {@link sessionKey}; the order is that in which partitions are read: those that gave data go to the end, for fairness. */
  readonly partitions: Map<string, SessionPartition>;
  lastUsedMs: number;
}

const MAX_EPOCH = 2147483647;

export function sessionKey(usesTopicIds: boolean, topic: string, topicId: string, index: number): string {
  return `${usesTopicIds ? topicId : topic}:${index}`;
}

/** The epoch after `epoch`; 0 is never reused, as it means a new session. */
export function epochAfter(epoch: number): number {
  return epoch === MAX_EPOCH ? 1 : epoch + 1;
}

/**
 * The sessions of one broker, at most `maxSessions`. A full cache gives up the session that has been idle longest, but only once it has been idle for
 * `evictionMs`; else the newcomer gets no session, which every client accepts.
 */
export class FetchSessions {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #maxSessions: number;
  readonly #evictionMs: number;
  /** Least recently used first. */
  readonly #sessions = new Map<number, FetchSession>();

  constructor(deps: { readonly clock: Clock; readonly random: Random }, maxSessions: number, evictionMs: number) {
    this.#clock = deps.clock;
    this.#random = deps.random;
    this.#maxSessions = maxSessions;
    this.#evictionMs = evictionMs;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** Opens a session, or returns undefined when there is no room for it. */
  create(usesTopicIds: boolean, partitions: readonly SessionPartition[]): FetchSession | undefined {
    const nowMs = this.#clock.monotonicMs();
    if (this.#sessions.size >= this.#maxSessions) {
      const oldest = this.#sessions.values().next().value;
      if (!oldest || nowMs - oldest.lastUsedMs < this.#evictionMs) return undefined;
      this.#sessions.delete(oldest.sessionId);
    }
    let sessionId = 0;
    while (sessionId === 0 || this.#sessions.has(sessionId)) sessionId = this.#random.nextInt(MAX_EPOCH);
    const byKey = new Map(
      partitions.map((partition) => [sessionKey(usesTopicIds, partition.topic, partition.topicId, partition.index), partition]),
    );
    const session: FetchSession = { sessionId, usesTopicIds, nextEpoch: 1, partitions: byKey, lastUsedMs: nowMs };
    this.#sessions.set(sessionId, session);
    return session;
  }

  /** The session of that id, which thereby becomes the most recently used. */
  use(sessionId: number): FetchSession | undefined {
    const session = this.#sessions.get(sessionId);
    if (!session) return undefined;
    session.lastUsedMs = this.#clock.monotonicMs();
    this.#sessions.delete(sessionId);
    this.#sessions.set(sessionId, session);
    return session;
  }

  close(sessionId: number): void {
    this.#sessions.delete(sessionId);
  }
}
