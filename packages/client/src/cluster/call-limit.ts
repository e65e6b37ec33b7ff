import type { Clock, Timer } from "@ottla/base";
import { ClientError } from "../client-error.ts";
import type { Lifetime } from "../lifetime.ts";

/** What may end a call before it is done: its deadline, its caller's signal, the end of the client. */
export class CallLimit {
  /** On the monotonic clock; Infinity: none. */
  readonly deadlineMs: number;
  readonly timeoutMs: number;
  readonly #clock: Clock;
  readonly #lives: readonly Lifetime[];

  constructor(clock: Clock, timeoutMs: number, lives: readonly Lifetime[]) {
    this.#clock = clock;
    this.timeoutMs = timeoutMs;
    this.deadlineMs = clock.monotonicMs() + timeoutMs;
    this.#lives = lives;
  }

  get hasPassed(): boolean {
    return this.#clock.monotonicMs() >= this.deadlineMs;
  }

  /** Set once the call was ended before its time. */
  get ended(): ClientError | undefined {
    for (const life of this.#lives) if (life.cause !== undefined) return life.cause;
    return undefined;
  }

  /** Calls `run` when the call is ended before its time. Returns the way to take that back. */
  onEnd(run: () => void): () => void {
    const forgets = this.#lives.map((life) => life.onEnd(run));
    return () => {
      for (const forget of forgets) forget();
    };
  }

  throwIfEnded(): void {
    if (this.ended !== undefined) throw this.ended;
  }

  /** Settles as the work does, or rejects first: at once with ABORTED or CLIENT_CLOSED, at the deadline with CALL_TIMEOUT. */
  bound<T>(what: string, work: () => Promise<T>): Promise<T> {
    if (this.ended !== undefined) return Promise.reject(this.ended);
    if (this.hasPassed) return Promise.reject(this.timedOut(what));
    return new Promise((resolve, reject) => {
      // Work that nobody waits for any more may never settle: it must hold neither a timer nor a listener.
      const give = (error: ClientError): void => {
        release();
        reject(error);
      };
      const release = this.#watch(give, () => give(this.timedOut(what)));
      // Work that throws at once must let go, too.
      new Promise<T>((run) => run(work())).finally(release).then(resolve, reject);
    });
  }

  /** Waits, at most until the call is ended; the time itself is for the caller to look at. */
  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#clock.schedule(delayMs, () => done());
      const done = (): void => {
        timer.cancel();
        for (const forget of forgets) forget();
        resolve();
      };
      const forgets = this.#lives.map((life) => life.onEnd(() => queueMicrotask(done)));
    });
  }

  /** The error for time that is up. */
  timedOut(what: string, lastError?: unknown): ClientError {
    const reason = lastError instanceof Error ? `; the last attempt: ${lastError.message}` : ".";
    return new ClientError("CALL_TIMEOUT", `${what} was not done within ${this.timeoutMs} ms${reason}`, { cause: lastError });
  }

  #watch(onEnd: (cause: ClientError) => void, onTime: () => void): () => void {
    const leftMs = this.deadlineMs - this.#clock.monotonicMs();
    const timer: Timer | undefined = leftMs === Infinity ? undefined : this.#clock.schedule(leftMs, onTime);
    const forgets = this.#lives.map((life) => life.onEnd(onEnd));
    return () => {
      timer?.cancel();
      for (const forget of forgets) forget();
    };
  }
}
