import type { Clock } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import type { Closed } from "../net/closed.ts";
import type { TransactionAdmission, TransactionGate } from "../partitions/transaction-gate.ts";

/** How long the first try to be admitted again waits, in ms; each further one waits twice as long, up to the configured time. */
const FIRST_RETRY_MS = 1;

/** The gate, and how long it is asked again while the producer's last transaction is still being completed. */
export interface AdmissionDeps {
  readonly clock: Clock;
  readonly transactionGate: TransactionGate;
  readonly config: { number(name: string): number };
}

/**
 * Asks the gate about the partitions of one request, with "add" also again and again while it answers CONCURRENT_TRANSACTIONS, for
 * `add.partitions.to.txn.retry.backoff.max.ms` at most. Resolves with one error code per partition; with NETWORK_EXCEPTION for all of them as soon as the connection
 * has gone. A gate that fails counts as UNKNOWN_SERVER_ERROR.
 */
export async function admit(deps: AdmissionDeps, call: TransactionAdmission, closed: Closed): Promise<readonly number[]> {
  const { clock, transactionGate, config } = deps;
  const gone = Promise.withResolvers<readonly number[]>();
  const forget = closed.onClosed(() => gone.resolve(call.partitions.map(() => ErrorCode.NETWORK_EXCEPTION)));
  try {
    const deadlineMs = clock.monotonicMs() + config.number("add.partitions.to.txn.retry.backoff.max.ms");
    const backoffMaxMs = config.number("add.partitions.to.txn.retry.backoff.ms");
    for (let backoffMs = FIRST_RETRY_MS; ; backoffMs = Math.min(2 * backoffMs, backoffMaxMs)) {
      const codes = await Promise.race([transactionGate.admit(call), gone.promise]);
      if (call.mode !== "add" || closed.isClosed || !codes.includes(ErrorCode.CONCURRENT_TRANSACTIONS)) return codes;
      if (clock.monotonicMs() >= deadlineMs) return codes;
      const wait = Promise.withResolvers<void>();
      const timer = clock.schedule(backoffMs, () => wait.resolve());
      await Promise.race([wait.promise, gone.promise]);
      timer.cancel();
    }
  } finally {
    forget();
  }
}

/** What a client can make of a refusal by the gate: how its version retries, and which codes it knows. */
export interface RefusalTerms {
  readonly mode: TransactionAdmission["mode"];
  /** It knows TRANSACTION_ABORTABLE (KIP-1050): Produce from 11 on, TxnOffsetCommit from 4 on. */
  readonly knowsAbortable: boolean;
}

/** The gate's code in the words of the data path: who is fenced by the coordinator has a stale epoch here. */
export function fromGate(errorCode: number, { knowsAbortable }: RefusalTerms): number {
  if (errorCode === ErrorCode.PRODUCER_FENCED) return ErrorCode.INVALID_PRODUCER_EPOCH;
  return errorCode === ErrorCode.TRANSACTION_ABORTABLE && !knowsAbortable ? ErrorCode.INVALID_TXN_STATE : errorCode;
}

const COORDINATOR_TROUBLE: ReadonlySet<number> = new Set([
  ErrorCode.NETWORK_EXCEPTION,
  ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
  ErrorCode.COORDINATOR_NOT_AVAILABLE,
  ErrorCode.NOT_COORDINATOR,
]);

/**
 * What a producer is told of a refusal by the gate. What will pass is told as NOT_ENOUGH_REPLICAS, which every producer retries, and without asking for metadata; only those
 * that add partitions by producing know CONCURRENT_TRANSACTIONS here. Source: Kafka's ReplicaManager.
 */
export function produceRefusal(errorCode: number, terms: RefusalTerms): { readonly errorCode: number; readonly message: string | null } {
  const code = fromGate(errorCode, terms);
  if (code === ErrorCode.INVALID_TXN_STATE) return { errorCode: code, message: "The partition was not added to the transaction." };
  const passes = COORDINATOR_TROUBLE.has(code) || (code === ErrorCode.CONCURRENT_TRANSACTIONS && terms.mode === "verify");
  if (!passes) return { errorCode: code, message: null };
  return {
    errorCode: ErrorCode.NOT_ENOUGH_REPLICAS,
    message: `The transaction's coordinator could not say yet whether the partition belongs to it (error code ${code}); send the batch again.`,
  };
}
