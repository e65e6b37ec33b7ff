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
  fetch(key: Uint8Array, startMs: number, endMs: number): StoredSession | undefined;
  /** Sessions of a key that end at `earliestEndMs` or later and start at `latestStartMs` or earlier: by end, those of one end with the latest start first; all that the other way round. */
  walkKey(key: Uint8Array, earliestEndMs: number, latestStartMs: number, isReverse: boolean): Walk<StoredSession>;
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
