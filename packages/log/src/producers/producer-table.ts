import { MalformedBytesError } from "@ottla/base";
import {
  baseOffset,
  baseSequence,
  decodeEndTransactionMarker,
  type EndTransactionMarker,
  isControl,
  isTransactional,
  lastOffset,
  lastSequence,
  maxTimestamp,
  NO_PRODUCER_ID,
  producerEpoch,
  producerId,
  RecordCursor,
} from "@ottla/protocol/records";
import type { ActiveProducer } from "../partition/log-outcomes.ts";
import {
  ACCEPT,
  type BatchArrival,
  isOngoing,
  judgeBatch,
  judgeMarker,
  type MarkerVerdict,
  type ProducerVerdict,
} from "./producer-rules.ts";
import { type ProducerBatch, ProducerState } from "./producer-state.ts";
import { type VerificationGuard, Verifications } from "./verifications.ts";

/** A transaction that has ended in this partition. */
export interface EndedTransaction {
  readonly producerId: number;
  readonly outcome: "abort" | "commit";
  readonly firstOffset: number;
  /** The marker's. */
  readonly lastOffset: number;
  /** Where the oldest transaction still open begins, or behind the marker. */
  readonly lastStableOffset: number;
}

/** Who asks to write into a transaction. */
export interface VerifiedProducer {
  readonly producerId: number;
  readonly producerEpoch: number;
  /** Of the batch that is to be written; −1 where sequence numbers do not count. */
  readonly baseSequence: number;
  /** Its transactions raise the epoch each time (KIP-890, part 2). */
  readonly raisesEpoch: boolean;
}

/** `guard` undefined: its transaction is open in this partition, there is nothing to verify. */
type VerificationStart =
  | { readonly kind: "started"; readonly guard: VerificationGuard | undefined }
  | { readonly kind: "stale epoch"; readonly currentEpoch: number };

/** The idempotent producers of one partition, and where the oldest open transaction begins. A fold over the batches: {@link ProducerTable.apply}. */
export class ProducerTable {
  readonly #producers = new Map<number, ProducerState>();
  /** First offsets of open transactions by producer; insertion order is offset order. */
  readonly #openTransactions = new Map<number, number>();
  readonly #verifications = new Verifications();

  get size(): number {
    return this.#producers.size;
  }

  /** Neither producers nor anybody who asked to become one. */
  get isEmpty(): boolean {
    return this.#producers.size === 0 && this.#verifications.size === 0;
  }

  /** First offset of the oldest open transaction; −1 if none is open. */
  get firstUnstableOffset(): number {
    for (const offset of this.#openTransactions.values()) return offset;
    return -1;
  }

  /** Judges a batch; changes nothing. See {@link judgeBatch}. */
  judge(buffer: Buffer, at: number, arrival: BatchArrival): ProducerVerdict {
    const id = producerId(buffer, at);
    return id <= NO_PRODUCER_ID ? ACCEPT : judgeBatch(this.#producers.get(id), this.#verifications.get(id), buffer, at, arrival);
  }

  /** Judges the end marker of a transaction; changes nothing. See {@link judgeMarker}. */
  judgeMarker(buffer: Buffer, at: number, transactionVersion: number): MarkerVerdict {
    const known = this.#producers.get(producerId(buffer, at));
    const coordinatorEpoch = markerIn(buffer, at)?.coordinatorEpoch ?? known?.coordinatorEpoch ?? -1;
    return judgeMarker(known, { producerEpoch: producerEpoch(buffer, at), coordinatorEpoch, transactionVersion });
  }

  /** See {@link isOngoing}. */
  hasOpenTransaction(producerId: number, producerEpoch: number): boolean {
    return isOngoing(this.#producers.get(producerId), producerEpoch);
  }

  /** Begins, or goes on, to verify a producer's transaction. No guard: it is open here, which is enough. */
  startVerification(producer: VerifiedProducer, nowMs: number): VerificationStart {
    const { producerId: id, producerEpoch: epoch, baseSequence: sequence, raisesEpoch } = producer;
    const known = this.#producers.get(id);
    if (known !== undefined && epoch < known.epoch) return { kind: "stale epoch", currentEpoch: known.epoch };
    if (isOngoing(known, epoch)) return { kind: "started", guard: undefined };
    return { kind: "started", guard: this.#verifications.begin(id, epoch, sequence, raisesEpoch, nowMs) };
  }

  /** Takes note of a batch that is in the log. Returns the transaction that it ended, if it had records here. */
  apply(buffer: Buffer, at: number): EndedTransaction | undefined {
    const id = producerId(buffer, at);
    if (id <= NO_PRODUCER_ID) return undefined;
    let known = this.#producers.get(id);
    if (known === undefined) this.#producers.set(id, (known = new ProducerState(id)));
    const first = baseOffset(buffer, at);
    if (isControl(buffer, at)) return this.#endTransaction(known, buffer, at);
    if (isTransactional(buffer, at)) this.#verifications.end(id);
    known.remember(producerEpoch(buffer, at), {
      baseSequence: baseSequence(buffer, at),
      lastSequence: lastSequence(buffer, at),
      baseOffset: first,
      lastOffset: lastOffset(buffer, at),
      timestampMs: maxTimestamp(buffer, at),
    });
    if (isTransactional(buffer, at) && known.transactionStartOffset < 0) {
      known.transactionStartOffset = first;
      this.#openTransactions.set(id, first);
    }
    return undefined;
  }

  #endTransaction(known: ProducerState, buffer: Buffer, at: number): EndedTransaction | undefined {
    const marker = markerIn(buffer, at);
    if (marker === undefined) return undefined;
    const firstOffset = known.transactionStartOffset;
    const epoch = producerEpoch(buffer, at);
    known.startEpoch(epoch);
    // The next transaction may have begun to ask already, under the epoch that this marker brings.
    const verification = this.#verifications.get(known.producerId);
    if (!(verification?.raisesEpoch && verification.producerEpoch === epoch)) this.#verifications.end(known.producerId);
    known.lastTimestampMs = maxTimestamp(buffer, at);
    known.coordinatorEpoch = marker.coordinatorEpoch;
    known.transactionStartOffset = -1;
    this.#openTransactions.delete(known.producerId);
    if (firstOffset < 0) return undefined;
    const last = lastOffset(buffer, at);
    const unstable = this.firstUnstableOffset;
    return {
      producerId: known.producerId,
      outcome: marker.outcome,
      firstOffset,
      lastOffset: last,
      lastStableOffset: unstable < 0 ? last + 1 : unstable,
    };
  }

  /** Takes producers from a snapshot; those silent for `expirationMs` are left out. */
  restore(producers: readonly ProducerState[], nowMs: number, expirationMs: number): void {
    for (const producer of producers) this.#producers.set(producer.producerId, producer);
    this.expire(nowMs, expirationMs);
    const open = [...this.#producers.values()].filter((p) => p.transactionStartOffset >= 0);
    for (const p of open.sort((a, b) => a.transactionStartOffset - b.transactionStartOffset)) {
      this.#openTransactions.set(p.producerId, p.transactionStartOffset);
    }
  }

  /** Whether a producer is known, and its current epoch is this one. */
  has(producerId: number, epoch: number): boolean {
    return this.#producers.get(producerId)?.epoch === epoch;
  }

  /** Adds batches that came before the one that is known. See {@link ProducerState.recall}. */
  recall(producerId: number, batches: readonly ProducerBatch[]): void {
    this.#producers.get(producerId)?.recall(batches);
  }

  /** Forgets producers that were silent for `expirationMs` and have no transaction open. Returns how many. */
  expire(nowMs: number, expirationMs: number): number {
    this.#verifications.expire(nowMs, expirationMs);
    let expired = 0;
    for (const producer of this.#producers.values()) {
      if (producer.transactionStartOffset >= 0 || nowMs - producer.lastTimestampMs < expirationMs) continue;
      this.#producers.delete(producer.producerId);
      expired++;
    }
    return expired;
  }

  states(): IterableIterator<ProducerState> {
    return this.#producers.values();
  }

  active(): ActiveProducer[] {
    return Array.from(this.#producers.values(), (p) => ({
      producerId: p.producerId,
      producerEpoch: p.epoch,
      lastSequence: p.lastSequence,
      lastTimestampMs: p.lastTimestampMs,
      coordinatorEpoch: p.coordinatorEpoch,
      currentTransactionStartOffset: p.transactionStartOffset,
    }));
  }
}

const cursor = new RecordCursor();

/** The marker in a control batch; undefined for control records of another kind, and where there is none that can be read. */
function markerIn(buffer: Buffer, at: number): EndTransactionMarker | undefined {
  try {
    return (cursor.open(buffer, at).moveNext() && decodeEndTransactionMarker(cursor)) || undefined;
  } catch (error) {
    if (error instanceof MalformedBytesError) return undefined;
    throw error;
  }
}
