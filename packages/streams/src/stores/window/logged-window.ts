import { noHeaders } from "../../record.ts";
import { checkFits, isLarge } from "../changelog-fit.ts";
import type { ChangelogSink } from "../store-builder.ts";
import type { Walk } from "../store-walk.ts";
import { type StoredWindow, visitKey, type WindowBytes, type WindowPlace, type WindowReads, type WindowVisitor } from "./window-bytes.ts";
import { LentMemory } from "../../serdes/lent-bytes.ts";
import { windowKey } from "./window-key.ts";

const SEQUENCE_MASK = 0x7fffffff;

/**
 * Sends every put to the changelog, those of windows that are too old as well, as Java does. Where a key may be several times in a window its records are numbered; the numbers begin anew
 * with the task, since what they have to tell apart is records of one time.
 */
export class LoggedWindow implements WindowBytes {
  readonly #inner: WindowBytes;
  readonly #retainDuplicates: boolean;
  readonly #changelog: ChangelogSink;
  readonly #changelogKey = new LentMemory();
  #sequence = 0;
  readonly takeBack: WindowBytes["takeBack"];

  constructor(inner: WindowBytes, retainDuplicates: boolean, changelog: ChangelogSink) {
    this.#inner = inner;
    this.#retainDuplicates = retainDuplicates;
    this.#changelog = changelog;
    if (inner.takeBack !== undefined) this.takeBack = (key, into) => inner.takeBack!(key, into);
  }

  get isPersistent(): boolean {
    return this.#inner.isPersistent;
  }

  put(key: Uint8Array, value: Uint8Array | null, startMs: number, timestamp: number): void {
    if (isLarge(key, value)) this.checkFits(key, value, startMs);
    this.#inner.put(key, value, startMs, timestamp);
    if (this.#retainDuplicates) this.#sequence = (this.#sequence + 1) & SEQUENCE_MASK;
    this.#changelog(windowKey(key, startMs, this.#sequence, this.#changelogKey), value, timestamp, noHeaders);
  }

  checkFits(key: Uint8Array, value: Uint8Array | null, startMs: number): void {
    checkFits(this.#changelog, windowKey(key, startMs, 0, this.#changelogKey), value);
  }

  fetch(key: Uint8Array, startMs: number): StoredWindow | undefined {
    return this.#inner.fetch(key, startMs);
  }

  walkKey(key: Uint8Array, fromMs: number, toMs: number, isReverse: boolean): Walk<StoredWindow> {
    return this.#inner.walkKey(key, fromMs, toMs, isReverse);
  }

  visitKey(key: Uint8Array, visitor: WindowVisitor): void {
    visitKey(this.#inner, key, visitor);
  }

  walkAll(fromMs: number, toMs: number, isReverse: boolean, after?: WindowPlace): Walk<StoredWindow> {
    return this.#inner.walkAll(fromMs, toMs, isReverse, after);
  }

  looked(): WindowReads {
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
