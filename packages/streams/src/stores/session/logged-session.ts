import { noHeaders } from "../../record.ts";
import { LentMemory } from "../../serdes/lent-bytes.ts";
import { sessionKey } from "../../serdes/windowed-serdes.ts";
import { checkFits, isLarge } from "../changelog-fit.ts";
import type { ChangelogSink } from "../store-builder.ts";
import type { Walk } from "../store-walk.ts";
import type { SessionBytes, SessionPlace, SessionReads, StoredSession } from "./session-bytes.ts";

/** Sends every put to the changelog, those of sessions that are too old as well, as Java does. */
export class LoggedSession implements SessionBytes {
  readonly #inner: SessionBytes;
  readonly #changelog: ChangelogSink;
  readonly #changelogKey = new LentMemory();
  readonly takeKey: SessionBytes["takeKey"];

  constructor(inner: SessionBytes, changelog: ChangelogSink) {
    this.#inner = inner;
    this.#changelog = changelog;
    if (inner.takeKey !== undefined) this.takeKey = (key, into) => inner.takeKey!(key, into);
  }

  get isPersistent(): boolean {
    return this.#inner.isPersistent;
  }

  put(key: Uint8Array, startMs: number, endMs: number, value: Uint8Array | null, timestamp: number): void {
    if (isLarge(key, value)) this.checkFits(key, startMs, endMs, value);
    this.#inner.put(key, startMs, endMs, value, timestamp);
    this.#changelog(sessionKey(key, startMs, endMs, this.#changelogKey), value, timestamp, noHeaders);
  }

  checkFits(key: Uint8Array, startMs: number, endMs: number, value: Uint8Array | null): void {
    checkFits(this.#changelog, sessionKey(key, startMs, endMs, this.#changelogKey), value);
  }

  fetch(key: Uint8Array, startMs: number, endMs: number): StoredSession | undefined {
    return this.#inner.fetch(key, startMs, endMs);
  }

  walkKey(key: Uint8Array, earliestEndMs: number, latestStartMs: number, isReverse: boolean): Walk<StoredSession> {
    return this.#inner.walkKey(key, earliestEndMs, latestStartMs, isReverse);
  }

  walkEnds(fromEndMs: number, toEndMs: number, after?: SessionPlace): Walk<StoredSession> {
    return this.#inner.walkEnds(fromEndMs, toEndMs, after);
  }

  looked(): SessionReads {
    return this.#inner.looked();
  }

  restore(changelogKey: Uint8Array, value: Uint8Array | null, timestamp: number): void {
    this.#inner.restore(changelogKey, value, timestamp);
  }

  judgeAsOf(streamTimeMs: number): boolean {
    return this.#inner.judgeAsOf(streamTimeMs);
  }

  flush(): void {
    this.#inner.flush();
  }

  close(): void {
    this.#inner.close();
  }
}
