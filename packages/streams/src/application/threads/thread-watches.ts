import type { WatchedThread } from "../queries/live/change-source.ts";
import { type StoresHere, StoreWatch, type WatchedChanges, type WatchedStore } from "../queries/live/store-watch.ts";

/** So many views watch a thread at the same time; others see nothing of it. */
const VIEWS_MAX = 1_000;

/** Asks a thread what became of a store since this view asked last; the first time it begins to watch. One question of a view is open at a time. */
export interface ChangesMessage {
  readonly type: "changes";
  readonly viewId: number;
  readonly watched: WatchedStore;
}

/** What it answers; undefined: it has not loaded its topology yet. */
export interface ChangedMessage {
  readonly type: "changed";
  readonly viewId: number;
  readonly changes: WatchedChanges | undefined;
}

/** A view is over. */
export interface UnwatchMessage {
  readonly type: "unwatch";
  readonly viewId: number;
}

/** The views that watch a thread's stores, in the thread. */
export class ThreadWatches {
  readonly #views = new Map<number, StoreWatch>();

  take({ viewId, watched }: ChangesMessage, stores: StoresHere | undefined): ChangedMessage {
    let changes: WatchedChanges | undefined;
    try {
      let view = this.#views.get(viewId);
      if (view === undefined && stores !== undefined && this.#views.size < VIEWS_MAX) {
        view = new StoreWatch(stores, watched);
        this.#views.set(viewId, view);
      }
      changes = view?.take();
    } catch {
      // Its stores are not there yet.
    }
    return { type: "changed", viewId, changes };
  }

  end(viewId: number): void {
    this.#views.get(viewId)?.close();
    this.#views.delete(viewId);
  }
}

/** The views that watch a thread's stores, seen from the application. */
export class ThreadViews implements WatchedThread {
  readonly #send: (message: ChangesMessage | UnwatchMessage) => void;
  readonly #waiting = new Map<number, (changes: WatchedChanges | undefined) => void>();
  #isOver = false;

  constructor(send: (message: ChangesMessage | UnwatchMessage) => void) {
    this.#send = send;
  }

  takeChanges(viewId: number, watched: WatchedStore): Promise<WatchedChanges | undefined> {
    if (this.#isOver) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#waiting.set(viewId, resolve);
      this.#send({ type: "changes", viewId, watched });
    });
  }

  endView(viewId: number): void {
    this.#send({ type: "unwatch", viewId });
    this.#answer(viewId, undefined);
  }

  take({ viewId, changes }: ChangedMessage): void {
    this.#answer(viewId, changes);
  }

  /** The thread is gone. */
  end(): void {
    this.#isOver = true;
    for (const viewId of this.#waiting.keys()) this.#answer(viewId, undefined);
  }

  #answer(viewId: number, changes: WatchedChanges | undefined): void {
    const answer = this.#waiting.get(viewId);
    this.#waiting.delete(viewId);
    answer?.(changes);
  }
}
