import type { Walk } from "../store-walk.ts";

/** A session in a store of bytes; may be an object and memory of the store's own, which the next put changes: who wants the old value then copies it. */
export interface StoredSession {
  readonly key: Uint8Array;
  readonly startMs: number;
  readonly endMs: number;
  readonly value: Uint8Array;
}

/** Which session of which key. */
export type SessionPlace = Omit<StoredSession, "value">;

/** What can be read of a session store. */
export type SessionReads = Pick<SessionBytes, "fetch" | "walkKey" | "walkEnds">;

/** The floor of session stores: bytes by key, start and end. */
export interface SessionBytes {
  readonly isPersistent: boolean;
  /** Null deletes. What is already too old is not kept. `timestamp` is that of the record, for the changelog. */
  put(key: Uint8Array, startMs: number, endMs: number, value: Uint8Array | null, timestamp: number): void;
  /** Throws `STREAMS_WRITE` where the changelog would refuse that put for its size; left out where there is none. */
  checkFits?(key: Uint8Array, startMs: number, endMs: number, value: Uint8Array | null): void;
  fetch(key: Uint8Array, startMs: number, endMs: number): StoredSession | undefined;
  /** Sessions of a key that end at `earliestEndMs` or later and start at `latestStartMs` or earlier: by end, those of one end with the latest start first; all that the other way round. */
  walkKey(key: Uint8Array, earliestEndMs: number, latestStartMs: number, isReverse: boolean): Walk<StoredSession>;
  /** Takes a key's sessions down, as `walkKey` gives them, without an object for each; where it is missing they have to be walked. */
  readonly takeKey?: ((key: Uint8Array, into: TakenSessions) => void) | undefined;
  /** Of all keys, those that end from `fromEndMs` to `toEndMs`, both inclusive: by end, then key, then the latest start first; those only that come behind `after`. */
  walkEnds(fromEndMs: number, toEndMs: number, after?: SessionPlace): Walk<StoredSession>;
  /** The same for those who ask from outside a task: an answer changes nothing. */
  looked(): SessionReads;
  restore(changelogKey: Uint8Array, value: Uint8Array | null, timestamp: number): void;
  /** As of a store. */
  judgeAsOf(streamTimeMs: number): boolean;
  flush(): void;
  close(): void;
}

/** Some sessions of a key, which whoever asks for them uses again and again: the store's own objects, each valid until it is put again. The times are fields, as numbers of their own would cost an object each on their way. */
export class TakenSessions {
  earliestEndMs = 0.5;
  latestStartMs = 0.5;
  readonly #max: number;
  readonly #sessions: StoredSession[] = [];
  #count = 0;
  /** There are more than it takes. */
  isMore = false;

  constructor(max: number) {
    this.#max = max;
  }

  get count(): number {
    return this.#count;
  }

  at(index: number): StoredSession {
    return this.#sessions[index]!;
  }

  clear(): void {
    this.#count = 0;
    this.isMore = false;
  }

  /** False: there is no room for it. */
  take(session: StoredSession): boolean {
    if (this.#count === this.#max) {
      this.isMore = true;
      return false;
    }
    this.#sessions[this.#count++] = session;
    return true;
  }
}
