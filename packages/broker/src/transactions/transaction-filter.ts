import { ErrorCode } from "@ottla/protocol";
import { linearPattern } from "../security/linear-pattern.ts";
import { TRANSACTION_STATES, type Transaction } from "./transaction.ts";

/** Which transactions a client wants to see: those that pass every filter; an empty one lets all pass. */
interface TransactionFilters {
  readonly stateFilters: readonly string[];
  readonly producerIdFilters: readonly number[];
  /** Transactions that began longer ago than this many ms; -1: all. */
  readonly durationFilter: number;
  /** A regular expression of RE2 that the whole id has to match. */
  readonly transactionalIdPattern: string | null;
}

type TransactionFilter =
  | { readonly kind: "refused"; readonly errorCode: number }
  | {
      readonly kind: "filter";
      /** Names of states that are none. They do not match anything. */
      readonly unknownStates: readonly string[];
      passes(transactionalId: string, transaction: Transaction, nowMs: number): boolean;
    };

/** States that Apache Kafka knows beside those that a transaction of ours can be seen in. */
const UNSEEN_STATES = ["Dead", "PrepareEpochFence"];
const knownStates: ReadonlySet<string> = new Set([...TRANSACTION_STATES, ...UNSEEN_STATES]);

/** Errors: INVALID_REGULAR_EXPRESSION. */
export async function transactionFilter(filters: TransactionFilters): Promise<TransactionFilter> {
  const { durationFilter, transactionalIdPattern } = filters;
  const matches = transactionalIdPattern ? await linearPattern(transactionalIdPattern) : () => true;
  if (matches === undefined) return { kind: "refused", errorCode: ErrorCode.INVALID_REGULAR_EXPRESSION };
  const states = new Set(filters.stateFilters);
  const producerIds = new Set(filters.producerIdFilters);
  return {
    kind: "filter",
    unknownStates: [...states].filter((state) => !knownStates.has(state)),
    passes: (transactionalId, { state, producerId, startMs }, nowMs) =>
      (states.size === 0 || states.has(state)) &&
      (producerIds.size === 0 || producerIds.has(producerId)) &&
      (durationFilter < 0 || nowMs - startMs > durationFilter) &&
      matches(transactionalId),
  };
}
