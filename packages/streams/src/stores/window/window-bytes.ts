import type { LentMemory } from "../../serdes/lent-bytes.ts";
import type { Walk } from "../store-walk.ts";

/** A value in a window store of bytes; may be an object and memory of the store's own, which the next put changes: who wants the old value then copies it. */
export interface StoredWindow {
  readonly key: Uint8Array;
  readonly startMs: number;
  readonly value: Uint8Array;
  readonly timestamp: number;
  /** The value in memory that is lent, where the store would make an object for `value`. */
  readonly lentValue?: (memory: LentMemory) => Uint8Array;
}

/** Which window of which key. */
export type WindowPlace = Pick<StoredWindow, "key" | "startMs">;

/** What can be read of a window store. */
export type WindowReads = Pick<WindowBytes, "fetch" | "walkKey" | "walkAll">;

/** The floor of window stores: bytes by key and start of a window. What keeps them, what logs and what caches are each one of these. */
export interface WindowBytes {
  readonly isPersistent: boolean;
  /** Null deletes, but not where a key may be several times in a window: there it does nothing. What is already too old is not kept. */
  put(key: Uint8Array, value: Uint8Array | null, startMs: number, timestamp: number): void;
  /** Throws `STREAMS_WRITE` where the changelog would refuse that put for its size; left out where there is none. */
  checkFits?(key: Uint8Array, value: Uint8Array | null, startMs: number): void;
  /** Where a key may be several times in a window, the first. */
  fetch(key: Uint8Array, startMs: number): StoredWindow | undefined;
  /** Starts from `fromMs` to `toMs`, both inclusive; of one start in the order in which they came. Weakly consistent. */
  walkKey(key: Uint8Array, fromMs: number, toMs: number, isReverse: boolean): Walk<StoredWindow>;
  /** The same, forward, without an object for the walk; where it is missing {@link visitKey} walks. */
  readonly visitKey?: (key: Uint8Array, visitor: WindowVisitor) => void;
  /** Takes a key's windows down, the newest first, without an object for each; where it is missing they have to be walked. */
  readonly takeBack?: ((key: Uint8Array, into: TakenWindows) => void) | undefined;
  /** All keys: sorted by start, then by key, then as they came; those only that come behind `after`, in the walk's order, which has to be within the times. Weakly consistent. */
  walkAll(fromMs: number, toMs: number, isReverse: boolean, after?: WindowPlace): Walk<StoredWindow>;
  /** The same for those who ask from outside a task: an answer changes nothing. */
  looked(): WindowReads;
  restore(changelogKey: Uint8Array, value: Uint8Array | null, timestamp: number): void;
  /** As of a store. */
  judgeAsOf(streamTimeMs: number): boolean;
  flush(): void;
  close(): void;
}

/** Is shown windows one after another. The times are its own, as numbers of their own would cost an object each on their way. */
export interface WindowVisitor {
  readonly fromMs: number;
  readonly toMs: number;
  /** False: no more. */
  visit(window: StoredWindow): boolean;
}

/** Shows a visitor a key's windows from its `fromMs` to its `toMs`, as {@link WindowBytes.walkKey} gives them. */
export function visitKey(bytes: WindowBytes, key: Uint8Array, visitor: WindowVisitor): void {
  if (bytes.visitKey !== undefined) {
    bytes.visitKey(key, visitor);
    return;
  }
  const walk = bytes.walkKey(key, visitor.fromMs, visitor.toMs, false);
  try {
    for (let window = walk.next(); window !== undefined && visitor.visit(window); window = walk.next());
  } finally {
    walk.close();
  }
}

/** How long a window store keeps windows, and whether a key may be several times in one. */
export interface WindowKeeping {
  /** Above 0. A window is gone when its start is this long before the latest start that the store was given. */
  readonly retentionMs: number;
  readonly retainDuplicates: boolean;
}

/** Some windows of a key, which whoever asks for them uses again and again: the store's own objects, each valid until it is put again. The times are fields, as those of a {@link WindowVisitor}. */
export class TakenWindows {
  fromMs = 0.5;
  toMs = 0.5;
  readonly #max: number;
  readonly #windows: StoredWindow[] = [];
  #count = 0;
  /** There are more than it takes. */
  isMore = false;
  /** Which of them start earlier are gone. */
  live: { readonly liveFromMs: number } = { liveFromMs: 0 };

  constructor(max: number) {
    this.#max = max;
  }

  get count(): number {
    return this.#count;
  }

  at(index: number): StoredWindow {
    return this.#windows[index]!;
  }

  clear(): void {
    this.#count = 0;
    this.isMore = false;
  }

  /** False: there is no room for it. */
  take(window: StoredWindow): boolean {
    if (this.#count === this.#max) {
      this.isMore = true;
      return false;
    }
    this.#windows[this.#count++] = window;
    return true;
  }
}
