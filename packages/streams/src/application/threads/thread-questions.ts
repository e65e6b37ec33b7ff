import { StoreQueryError, type StoreQueryErrorCode, type StoreQueryDetails } from "../queries/store-query-error.ts";
import type { PartitionAsk, PartitionPage } from "../queries/store-query.ts";
import { reasonOf } from "../../thrown.ts";

/** So many questions wait for a thread at most. */
const WAITING_MAX = 1_000;

/** A question to the stores of a thread. */
export interface AskMessage {
  readonly type: "ask";
  readonly id: number;
  readonly ask: PartitionAsk;
}

/** What it answers. */
export interface AnswerMessage {
  readonly type: "answer";
  readonly id: number;
  readonly page?: PartitionPage;
  readonly error?: { readonly code: StoreQueryErrorCode; readonly message: string; readonly details: StoreQueryDetails };
}

/** Answers a question in the thread that has the stores. Never rejects. */
export async function answered({ id, ask }: AskMessage, read: (ask: PartitionAsk) => Promise<PartitionPage>): Promise<AnswerMessage> {
  try {
    return { type: "answer", id, page: await read(ask) };
  } catch (error) {
    if (error instanceof StoreQueryError) {
      const { code, message, details } = error;
      return { type: "answer", id, error: { code, message, details } };
    }
    const message = `Store ${ask.store} cannot be read: ${reasonOf(error)}`;
    return { type: "answer", id, error: { code: "STREAMS_STORE_UNAVAILABLE", message, details: { store: ask.store } } };
  }
}

/** The questions that wait for a thread's answers. */
export class ThreadQuestions {
  readonly #waiting = new Map<number, { readonly ask: PartitionAsk; readonly answer: PromiseWithResolvers<PartitionPage> }>();
  #nextId = 0;
  #isOver = false;

  /** Rejects with {@link StoreQueryError}. */
  ask(ask: PartitionAsk, send: (message: AskMessage) => void): Promise<PartitionPage> {
    if (this.#isOver) return Promise.reject(unavailable(ask, "its thread has ended"));
    if (this.#waiting.size >= WAITING_MAX) return Promise.reject(unavailable(ask, `${WAITING_MAX} questions wait for its thread`));
    const id = this.#nextId++;
    const answer = Promise.withResolvers<PartitionPage>();
    this.#waiting.set(id, { ask, answer });
    send({ type: "ask", id, ask });
    return answer.promise;
  }

  take({ id, page, error }: AnswerMessage): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (page !== undefined) waiting?.answer.resolve(page);
    else if (error !== undefined) waiting?.answer.reject(new StoreQueryError(error.code, error.message, error.details));
  }

  /** The thread is gone: nobody waits for it. */
  end(): void {
    this.#isOver = true;
    for (const { ask, answer } of this.#waiting.values()) answer.reject(unavailable(ask, "its thread has ended"));
    this.#waiting.clear();
  }
}

function unavailable({ store, partition }: PartitionAsk, why: string): StoreQueryError {
  return new StoreQueryError("STREAMS_STORE_UNAVAILABLE", `Store ${store} cannot be asked: ${why}.`, { store, partition });
}

/** Of what several threads said, the error that tells most. */
export function mostTelling(errors: readonly unknown[]): unknown {
  const order: readonly string[] = ["STREAMS_QUERY_BEHIND", "STREAMS_STORE_RESTORING", "STREAMS_STORE_MOVED", "STREAMS_STORE_UNAVAILABLE"];
  const rank = (error: unknown) => (error instanceof StoreQueryError ? order.indexOf(error.code) : -1);
  // A thread that has the store begun tells how far it is.
  const progress = (error: unknown) => (error instanceof StoreQueryError && error.details.progress !== undefined ? 0 : 1);
  return [...errors].sort((a, b) => rank(a) - rank(b) || progress(a) - progress(b))[0];
}
