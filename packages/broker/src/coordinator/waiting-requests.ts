import type { Clock } from "@ottla/base";
import type { Closed } from "../net/closed.ts";
import type { Reply, RequestToken } from "./coordinator-spec.ts";

/** Shaping and encoding an answer takes some µs: this many take a few ms, and then others have their turn. */
const ANSWERS_PER_TURN = 256;

/** What the runtime keeps of a request that is owed an answer. */
interface Waiting<Answer> {
  readonly refused: (errorCode: number) => Answer;
  resolve(answer: Answer): void;
  /** Takes the listener to the connection's end back. */
  unlisten(): void;
}

/** The requests that one shard owes an answer. Each is answered once; who answers later answers nobody. */
export class WaitingRequests<Answer> {
  readonly #clock: Clock;
  readonly #byToken = new Map<RequestToken, Waiting<Answer>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#byToken.size;
  }

  /**
   * Registers a request, then lets `carryOut` happen: the answer if that gave it at once, else a promise of it. When the connection goes the request is refused with
   * `closedErrorCode`, which nobody reads: what was kept for the answer is free then.
   */
  register(
    token: RequestToken,
    refused: (errorCode: number) => Answer,
    connection: { readonly closed: Closed | undefined; readonly errorCode: number },
    carryOut: () => void,
  ): Answer | Promise<Answer> {
    let answer: Answer | undefined;
    let settle = (given: Answer): void => {
      answer = given;
    };
    const waiting: Waiting<Answer> = { refused, resolve: (given) => settle(given), unlisten: nothing };
    this.#byToken.set(token, waiting);
    carryOut();
    if (answer !== undefined) return answer;
    const promise = new Promise<Answer>((resolve) => {
      settle = resolve;
    });
    if (connection.closed) waiting.unlisten = connection.closed.onClosed(() => this.refuse(token, connection.errorCode));
    return promise;
  }

  /** Hands answers out, a bounded number in one turn of the loop. Who is refused meanwhile has had its answer. */
  send(replies: readonly Reply<Answer>[], from = 0): void {
    const to = Math.min(replies.length, from + ANSWERS_PER_TURN);
    for (let i = from; i < to; i++) {
      const { token, answer } = replies[i]!;
      this.#take(token)?.resolve(answer);
    }
    if (to < replies.length) this.#clock.nextTurn(() => this.send(replies, to));
  }

  refuse(token: RequestToken, errorCode: number): void {
    const waiting = this.#take(token);
    waiting?.resolve(waiting.refused(errorCode));
  }

  refuseAll(errorCode: number): void {
    for (const token of [...this.#byToken.keys()]) this.refuse(token, errorCode);
  }

  #take(token: RequestToken): Waiting<Answer> | undefined {
    const waiting = this.#byToken.get(token);
    if (!waiting) return undefined;
    this.#byToken.delete(token);
    waiting.unlisten();
    return waiting;
  }
}

function nothing(): void {}
