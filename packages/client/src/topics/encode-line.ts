import { ClientError } from "../client-error.ts";

const WAITING_MAX = 10_000;

/**
 * Hands things on in the order in which they came, although some of them are ready only later. What cannot be made ready fails alone; the line goes on.
 * At most 10,000 wait; one more fails with `ClientError` BUFFER_FULL.
 */
export class EncodeLine {
  #tail: Promise<void> = Promise.resolve();
  #waitingCount = 0;

  /** Whether something waits, so that the next one has to wait, too. */
  get isBusy(): boolean {
    return this.#waitingCount > 0;
  }

  /** Resolves when all that waits now has been handed on. */
  get over(): Promise<void> {
    return this.#tail;
  }

  /** Throws when the line is full. */
  checkRoom(): void {
    if (this.#waitingCount >= WAITING_MAX)
      throw new ClientError(
        "BUFFER_FULL",
        `${WAITING_MAX} records wait for their serdes; await send or enqueue before more are handed in.`,
      );
  }

  /** Calls `handOn` when it is the thing's turn, and gives what that gives. Rejects with what the thing rejects with. */
  join<Thing, Result>(thing: Thing | Promise<Thing>, handOn: (thing: Thing) => Result | Promise<Result>): Promise<Result> {
    this.#waitingCount++;
    const ready = Promise.resolve(thing);
    ready.catch(() => {});
    const before = this.#tail;
    return new Promise((resolve, reject) => {
      this.#tail = before
        .then(() => ready)
        .then((each) => {
          this.#waitingCount--;
          // Only the call has its turn; how it ends is for its caller to wait for.
          resolve(outcomeOf(handOn, each));
        })
        .catch((error: unknown) => {
          this.#waitingCount--;
          reject(error);
        });
    });
  }
}

async function outcomeOf<Thing, Result>(handOn: (thing: Thing) => Result | Promise<Result>, thing: Thing): Promise<Result> {
  return handOn(thing);
}
