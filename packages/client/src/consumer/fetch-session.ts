import { ErrorCode } from "@ottla/protocol";
import { partitionKey, type TopicPartition } from "../topic-partition.ts";

const NO_SESSION = 0;
const FIRST_EPOCH = 0;
const EPOCH_MAX = 0x7fffffff;

/** What is wanted of one partition. */
export interface FetchTarget extends TopicPartition {
  /** Its {@link partitionKey}. */
  readonly key: string;
  readonly topicId: string;
  readonly fetchOffset: number;
  readonly currentLeaderEpoch: number;
  readonly partitionMaxBytes: number;
}

/** What to put into the next request. */
export interface SessionRequest {
  readonly sessionId: number;
  readonly sessionEpoch: number;
  /** All wanted ones in a full request, else those that are new or changed. */
  readonly send: readonly FetchTarget[];
  readonly forget: readonly FetchTarget[];
}

/**
 * The client's half of an incremental fetch session with one broker: the broker remembers the partitions, so a request names only what
 * changed. A broker may refuse (session id 0): then every request is a full one. Source: KIP-227.
 */
export class FetchSession {
  #sessionId = NO_SESSION;
  #epoch = FIRST_EPOCH;
  readonly #known = new Map<string, FetchTarget>();

  /** Makes the next request; must be followed by {@link answered} or {@link failed}. */
  next(wanted: readonly FetchTarget[]): SessionRequest {
    const known = this.#known;
    if (this.#epoch === FIRST_EPOCH) {
      known.clear();
      for (const target of wanted) known.set(target.key, target);
      return { sessionId: this.#sessionId, sessionEpoch: FIRST_EPOCH, send: wanted, forget: [] };
    }
    const send: FetchTarget[] = [];
    const forget: FetchTarget[] = [];
    for (const target of wanted) {
      const before = known.get(target.key);
      // Of thousands few are others than the last time.
      if (before === target) continue;
      if (before !== undefined && before.topicId !== target.topicId) forget.push(before);
      if (before === undefined || hasChanged(before, target)) send.push(target);
      known.set(target.key, target);
    }
    if (known.size > wanted.length) {
      const keys = new Set<string>();
      for (const { key } of wanted) keys.add(key);
      for (const [key, target] of known) {
        if (keys.has(key)) continue;
        forget.push(target);
        known.delete(key);
      }
    }
    return { sessionId: this.#sessionId, sessionEpoch: this.#epoch, send, forget };
  }

  /** An answer without a top-level error. */
  answered(sessionId: number): void {
    this.#sessionId = sessionId;
    if (sessionId === NO_SESSION) this.#epoch = FIRST_EPOCH;
    else this.#epoch = this.#epoch >= EPOCH_MAX ? 1 : this.#epoch + 1;
  }

  /** A lost request or a top-level error: the next request is a full one that replaces the session, or starts one if it is gone. */
  failed(errorCode: number | undefined): void {
    this.#epoch = FIRST_EPOCH;
    if (errorCode === ErrorCode.FETCH_SESSION_ID_NOT_FOUND) this.#sessionId = NO_SESSION;
  }

  /** A broker tells of the partition only what changes from now on. */
  isToldChangesOf({ topic, partition }: TopicPartition): boolean {
    return this.#epoch !== FIRST_EPOCH && this.#known.has(partitionKey(topic, partition));
  }

  /** The next request is a full one, whose answer tells of every partition. */
  startAnew(): void {
    this.#epoch = FIRST_EPOCH;
  }

  /** The id to close, when there is a session. */
  get openId(): number | undefined {
    return this.#sessionId === NO_SESSION ? undefined : this.#sessionId;
  }
}

function hasChanged(a: FetchTarget, b: FetchTarget): boolean {
  if (a === b) return false;
  return (
    a.topicId !== b.topicId ||
    a.fetchOffset !== b.fetchOffset ||
    a.currentLeaderEpoch !== b.currentLeaderEpoch ||
    a.partitionMaxBytes !== b.partitionMaxBytes
  );
}
