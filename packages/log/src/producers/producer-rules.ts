import { baseSequence, isTransactional, lastSequence, producerEpoch } from "@ottla/protocol/records";
import type { ProducerBatch, ProducerState } from "./producer-state.ts";
import type { Verification, VerificationGuard } from "./verifications.ts";

/** What is said of a batch before it is appended. */
export type ProducerVerdict =
  | { readonly kind: "accept" }
  | { readonly kind: "repeat"; readonly batch: ProducerBatch }
  | { readonly kind: "stale epoch"; readonly currentEpoch: number }
  | { readonly kind: "out of order"; readonly lastSequence: number }
  /** It comes before a batch of the same producer that has asked for a lower number, or does not begin at 0 where it has to. */
  | { readonly kind: "not the first"; readonly firstSequence: number }
  /** Nobody has verified that its transaction is open, or the transaction has ended since. */
  | { readonly kind: "unverified" }
  /** Outside of a transaction, while the producer has one open. */
  | { readonly kind: "not in the transaction" };

/** What is said of a transaction marker before it is appended. */
export type MarkerVerdict =
  | { readonly kind: "accept" }
  | { readonly kind: "stale epoch"; readonly currentEpoch: number }
  | { readonly kind: "fenced coordinator"; readonly currentEpoch: number };

/** How a batch comes. */
export interface BatchArrival {
  readonly origin: "client" | "coordinator";
  readonly guard: VerificationGuard | undefined;
  /** `transaction.partition.verification.enable`. */
  readonly verifies: boolean;
}

export const ACCEPT = { kind: "accept" } as const;
const UNVERIFIED = { kind: "unverified" } as const;
const NOT_IN_THE_TRANSACTION = { kind: "not in the transaction" } as const;
/** Where epochs end: a transaction that is open under it can be ended by no higher one. */
const MAX_EPOCH = 32767;
/** From here on every transaction raises the epoch (KIP-890). */
const RAISING_VERSION = 2;

/** Whether a transaction of this epoch is open: then its batches need no verification. */
export function isOngoing(known: ProducerState | undefined, epoch: number): boolean {
  return known !== undefined && known.transactionStartOffset >= 0 && known.epoch === epoch;
}

/**
 * Judges the batch at `at` of a producer with an id; in Kafka's order: a repeat is one whatever else is wrong. Sequence numbers count in what clients send alone.
 * Sources: KIP-98, KIP-890; Kafka's ProducerAppendInfo.
 */
export function judgeBatch(
  known: ProducerState | undefined,
  verification: Verification | undefined,
  buffer: Buffer,
  at: number,
  arrival: BatchArrival,
): ProducerVerdict {
  const epoch = producerEpoch(buffer, at);
  const isOfClient = arrival.origin === "client";
  if (isOfClient) {
    const batch = known?.repeatOf(epoch, baseSequence(buffer, at), lastSequence(buffer, at));
    if (batch !== undefined) return { kind: "repeat", batch };
  }
  if (known !== undefined && epoch < known.epoch) return { kind: "stale epoch", currentEpoch: known.epoch };
  const isInTransaction = isTransactional(buffer, at);
  if (isInTransaction && arrival.verifies && !isOngoing(known, epoch)) {
    if (arrival.guard === undefined || verification?.guard !== arrival.guard) return UNVERIFIED;
  }
  if (isOfClient) {
    const verdict = judgeSequence(known, verification, epoch, baseSequence(buffer, at));
    if (verdict !== ACCEPT) return verdict;
  }
  return !isInTransaction && known !== undefined && known.transactionStartOffset >= 0 ? NOT_IN_THE_TRANSACTION : ACCEPT;
}

function judgeSequence(
  known: ProducerState | undefined,
  verification: Verification | undefined,
  epoch: number,
  sequence: number,
): ProducerVerdict {
  if (verification !== undefined) {
    const mustBeZero = verification.raisesEpoch && (known === undefined || known.batches.length === 0);
    const firstSequence = mustBeZero ? 0 : verification.lowestSequence;
    if (sequence > firstSequence) return { kind: "not the first", firstSequence };
  }
  return known === undefined || known.isDue(epoch, sequence) ? ACCEPT : { kind: "out of order", lastSequence: known.lastSequence };
}

/**
 * Judges the end marker of a transaction. A producer that is not known may have ended long ago. With `transactionVersion` 2 the marker's epoch is above that of the
 * records, so that one which comes late ends nothing; the same marker once more, with nothing open, is written once more.
 */
export function judgeMarker(
  known: ProducerState | undefined,
  marker: { readonly producerEpoch: number; readonly coordinatorEpoch: number; readonly transactionVersion: number },
): MarkerVerdict {
  if (known === undefined) return ACCEPT;
  const { producerEpoch: epoch, coordinatorEpoch, transactionVersion } = marker;
  const isAgain = epoch === known.epoch && (known.transactionStartOffset < 0 || epoch === MAX_EPOCH);
  const isStale = epoch < known.epoch || (transactionVersion >= RAISING_VERSION && epoch === known.epoch && !isAgain);
  if (isStale) return { kind: "stale epoch", currentEpoch: known.epoch };
  return coordinatorEpoch < known.coordinatorEpoch ? { kind: "fenced coordinator", currentEpoch: known.coordinatorEpoch } : ACCEPT;
}
