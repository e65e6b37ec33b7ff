import { ClientError } from "../../client-error.ts";
import type { CallOptions } from "../../options/call-options.ts";
import type { Producer } from "../producer-types.ts";
import type { ProducerRecord, SendOptions } from "../record-types.ts";
import { type Preparer, preparerOf, preparing } from "../preparations.ts";
import { lifetimeOf } from "../../lifetime.ts";
import type { Transaction } from "./transaction-api.ts";
import { messageOf } from "../../thrown.ts";

/** What running a transaction needs to know beside the producer's public calls. */
export interface TransactionRunHost {
  readonly producer: Producer;
  /** A transaction is open or waits for its abort, or the producer can begin no other. */
  isToBeAborted(): boolean;
}

/** See {@link TransactionalProducer.transaction}. */
export async function runTransaction<Result>(
  host: TransactionRunHost,
  run: (transaction: Transaction) => Promise<Result> | Result,
  options: CallOptions = {},
): Promise<Result> {
  await host.producer.begin(options);
  const transaction = new OpenTransaction(host.producer);
  try {
    const result = await unlessAborted(() => run(transaction), options.signal);
    await host.producer.commit(options);
    return result;
  } catch (error) {
    transaction.end();
    const isToldAlready = error instanceof ClientError && error.fatal;
    if (host.isToBeAborted() && !isToldAlready) await abortAfter(error, host.producer, options);
    throw error;
  } finally {
    transaction.end();
  }
}

/** A function that goes on after the signal finds its transaction over. */
function unlessAborted<Result>(run: () => Promise<Result> | Result, signal: AbortSignal | undefined): Promise<Result> | Result {
  if (signal === undefined) return run();
  return new Promise((resolve, reject) => {
    const forget = lifetimeOf(signal).onEnd(reject);
    new Promise<Result>((settle) => settle(run())).finally(forget).then(resolve, reject);
  });
}

/** Whoever aborted the call does not wait for the abort of the transaction either; the next one does. */
async function abortAfter(error: unknown, producer: Producer, { timeoutMs, signal }: CallOptions): Promise<void> {
  const aborting = producer.abort({ timeoutMs });
  if (signal?.aborted) return void aborting.catch(() => {});
  try {
    await aborting;
  } catch (abortError) {
    throw bothFailed(error, abortError);
  }
}

function bothFailed(first: unknown, abortError: unknown): ClientError {
  const cause = new AggregateError([first, abortError], "The work and the abort of its transaction failed.");
  const [work, abort] = [first, abortError].map((error) => messageOf(error));
  const possiblyWritten = false;
  if (abortError instanceof ClientError && abortError.fatal)
    return new ClientError(abortError.code, `${abort} Before that: ${work}`, { cause, possiblyWritten });
  return new ClientError("ABORT_FAILED", `The transaction failed (${work}) and its abort is not done (${abort}); call abort() again.`, {
    cause,
    possiblyWritten,
  });
}

/** The transaction as the function sees it: the producer, as long as it lasts. */
class OpenTransaction implements Transaction {
  readonly #producer: Producer;
  #isOver = false;

  constructor(producer: Producer) {
    this.#producer = producer;
  }

  end(): void {
    this.#isOver = true;
  }

  get [preparing](): Preparer {
    return preparerOf(this.#producer);
  }

  // Fields, so that a function may take them apart: `async ({ send }) => …`.
  readonly send = ((input: ProducerRecord, options?: SendOptions) =>
    this.#told(() => this.#producer.send(input, options))) as Transaction["send"];

  readonly sendBatch: Transaction["sendBatch"] = (...args) => this.#told(() => this.#producer.sendBatch(...args));

  readonly sendOffsets: Transaction["sendOffsets"] = (...args) => this.#told(() => this.#producer.sendOffsets(...args));

  readonly enqueue: Transaction["enqueue"] = (record, onDelivery) =>
    this.#isOver ? Promise.reject(over()) : this.#producer.enqueue(record, onDelivery);

  /** A failure that nobody listens to is told by the commit, so it must not end the process. */
  #told<T>(call: () => Promise<T>): Promise<T> {
    if (this.#isOver) return Promise.reject(over());
    const outcome = call();
    outcome.catch(() => {});
    return outcome;
  }
}

function over(): ClientError {
  return new ClientError("TRANSACTION_STATE", "This transaction is over; what belongs to it must be awaited before its function returns.");
}
