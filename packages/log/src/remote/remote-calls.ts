import type { Clock } from "@ottla/base";
import { LogError } from "../errors.ts";

/** Bounds over all calls of a process to its remote store. */
export interface RemoteLimits {
  /** Calls under way; who comes on top of them is refused, and may come again. */
  readonly remoteCallsMax: number;
  /** How long one read may take, in ms (`remote.fetch.max.wait.ms`). */
  readonly remoteFetchMaxWaitMs: number;
  /** How long any other call may take, in ms, and a whole look-up by time. */
  readonly remoteCallMaxMs: number;
}

/** How long housekeeping leaves a store alone that did not answer in time, in ms: else each partition would wait for it in turn. */
const REST_MS = 30_000;

/** Calls a remote store within bounds: no caller waits longer than it said, and one that hangs holds its place only. */
export class RemoteCalls {
  readonly limits: RemoteLimits;
  readonly #clock: Clock;
  #underWay = 0;
  #slowUntilMs = -Infinity;

  constructor(clock: Clock, limits: RemoteLimits) {
    this.#clock = clock;
    this.limits = limits;
  }

  /** A call has run out of time lately. */
  get isSlow(): boolean {
    return this.#clock.monotonicMs() < this.#slowUntilMs;
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs();
  }

  /** `what` names the call in messages. Errors: `REMOTE_STORAGE`, whatever went wrong. */
  run<T>(what: string, maxMs: number, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { remoteCallsMax } = this.limits;
    if (this.#underWay >= remoteCallsMax)
      return Promise.reject(remoteError(what, `${remoteCallsMax} calls to the remote store are under way already`));
    this.#underWay++;
    const controller = new AbortController();
    return new Promise((resolve, reject) => {
      const timer = this.#clock.schedule(maxMs, () => {
        this.#slowUntilMs = this.#clock.monotonicMs() + REST_MS;
        const error = remoteError(what, `the remote store did not answer within ${maxMs} ms`);
        controller.abort(error);
        reject(error);
      });
      const settled = (): void => {
        this.#underWay--;
        timer.cancel();
      };
      startCall(call, controller.signal).then(
        (value) => {
          settled();
          resolve(value);
        },
        (error: unknown) => {
          settled();
          reject(remoteError(what, error instanceof Error ? error.message : String(error), error));
        },
      );
    });
  }
}

/** A store that throws at once fails like one that rejects. */
async function startCall<T>(call: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
  return call(signal);
}

/** A failure of remote storage, which passes: KAFKA_STORAGE_ERROR to clients, who try again. */
export function remoteError(what: string, why: string, cause?: unknown): LogError {
  return new LogError("REMOTE_STORAGE", what, `Remote storage failed at ${what}: ${why}; it is tried again when it is asked for again.`, {
    cause,
  });
}
