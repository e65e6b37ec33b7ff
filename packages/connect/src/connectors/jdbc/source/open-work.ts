/** What a thread of the server was seen to do: run a statement, or be in a transaction, or both. Threads of prepared transactions that nobody is connected to are 0. */
export interface SeenThread {
  readonly thread: string;
  /** The statement that runs, by a number that is not used again. */
  readonly statement?: string | undefined;
  /** When its transaction began; undefined: it is in none. */
  readonly began?: string | undefined;
  /** The transaction's number, which it has once it has changed something. */
  readonly transaction?: string | undefined;
}

interface KnownThread {
  readonly name: string;
  readonly thread: string;
  readonly statement: string | undefined;
  readonly began: string | undefined;
  readonly transaction: string | undefined;
}

/**
 * Names for what is open, each kept until it is over for certain. A server says of a transaction less at first than later (its number comes with its first change, its beginning with its first reading, and before that there is
 * a statement alone), so that what was seen twice may be the same under another description: it is, unless something that both times were told differs.
 */
export class OpenWork {
  #known: readonly KnownThread[] = [];
  #count = 0;

  /** What is open now, by names. */
  seen(threads: readonly SeenThread[]): ReadonlySet<string> {
    this.#known = threads.map((now) => {
      const before = this.#before(now);
      return {
        name: before?.name ?? `${now.thread}#${++this.#count}`,
        thread: now.thread,
        statement: now.statement,
        began: now.began,
        transaction: now.transaction,
      };
    });
    return new Set(this.#known.map(({ name }) => name));
  }

  #before(now: SeenThread): KnownThread | undefined {
    // A prepared transaction outlives its thread.
    const byNumber = now.transaction && this.#known.find(({ transaction }) => transaction === now.transaction);
    if (byNumber) return byNumber;
    return this.#known.find((before) => before.thread === now.thread && maybeSame(before, now));
  }
}

function maybeSame(before: KnownThread, now: SeenThread): boolean {
  if (before.transaction !== undefined) return before.transaction === now.transaction;
  if (before.began !== undefined) return before.began === now.began;
  // A statement alone: it still runs, or it has begun a transaction since.
  return before.statement === now.statement || now.began !== undefined;
}
