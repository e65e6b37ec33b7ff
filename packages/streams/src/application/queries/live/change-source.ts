import type { WatchedChanges, WatchedStore } from "./store-watch.ts";

/** Who has some of a store's partitions and tells what becomes of them: this loop, or a thread. */
export interface ChangeSource {
  /** What came since the last call, without waiting; undefined: nothing was heard yet. */
  take(): WatchedChanges | undefined;
  close(): void;
}

/** A worker on a thread, for those who watch its stores. */
export interface WatchedThread {
  /** Resolves to undefined when it cannot say, or is gone. `viewId`: of this process. Never rejects. */
  takeChanges(viewId: number, watched: WatchedStore): Promise<WatchedChanges | undefined>;
  endView(viewId: number): void;
}

let viewCount = 0;

/**
 * One view over all threads of an application, which come and go. Each is asked again when its last answer was taken, so that a slow reader's changes wait in the threads, bounded; one that is held is not waited for. A partition's
 * changes are taken of the thread that began to watch it last.
 */
export class ThreadChanges implements ChangeSource {
  readonly #threads: () => readonly WatchedThread[];
  readonly #watched: WatchedStore;
  /** Each thread has all partitions of it. */
  readonly #isGlobal: boolean;
  readonly #viewId = ++viewCount;
  readonly #asked = new Set<WatchedThread>();
  /** In the order in which they came. */
  readonly #answers: { readonly thread: WatchedThread; readonly changes: WatchedChanges }[] = [];
  readonly #owners = new Map<number, WatchedThread>();

  constructor(threads: () => readonly WatchedThread[], watched: WatchedStore, isGlobal: boolean) {
    this.#threads = threads;
    this.#watched = watched;
    this.#isGlobal = isGlobal;
  }

  take(): WatchedChanges | undefined {
    const threads = this.#threads().slice(0, this.#isGlobal ? 1 : undefined);
    for (const [partition, owner] of this.#owners) if (!threads.includes(owner)) this.#owners.delete(partition);
    const answer = this.#answers.shift();
    for (const thread of threads) if (thread !== answer?.thread && !this.#hasAnswered(thread)) this.#ask(thread);
    if (answer === undefined) return undefined;
    const { thread, changes } = answer;
    if (threads.includes(thread)) {
      for (const [partition, owner] of this.#owners)
        if (owner === thread && !changes.here.includes(partition)) this.#owners.delete(partition);
      for (const partition of changes.attached) this.#owners.set(partition, thread);
      this.#ask(thread);
    }
    return {
      ...changes,
      here: [...this.#owners.keys()].sort((a, b) => a - b),
      changes: changes.changes.filter(({ partition }) => this.#owners.get(partition) === thread),
      hasMore: changes.hasMore || this.#answers.length > 0,
    };
  }

  close(): void {
    for (const thread of this.#threads()) thread.endView(this.#viewId);
  }

  #hasAnswered(thread: WatchedThread): boolean {
    return this.#answers.some((answer) => answer.thread === thread);
  }

  #ask(thread: WatchedThread): void {
    if (this.#asked.has(thread)) return;
    this.#asked.add(thread);
    void thread.takeChanges(this.#viewId, this.#watched).then((changes) => {
      this.#asked.delete(thread);
      if (changes !== undefined) this.#answers.push({ thread, changes });
    });
  }
}
