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
import { type ProducerBatch, ProducerState } from "./producer-state.ts";

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

/** What the table says of a transaction marker before it is appended. */
export type MarkerVerdict =
  | { readonly kind: "accept" }
  | { readonly kind: "stale epoch"; readonly currentEpoch: number }
  | { readonly kind: "fenced coordinator"; readonly currentEpoch: number };

/** What the table says of a batch before it is appended. */
export type ProducerVerdict =
  | { readonly kind: "accept" }
  | { readonly kind: "repeat"; readonly batch: ProducerBatch }
  | { readonly kind: "stale epoch"; readonly currentEpoch: number }
  | { readonly kind: "out of order"; readonly lastSequence: number };

const ACCEPT = { kind: "accept" } as const;

/** The idempotent producers of one partition, and where the oldest open transaction begins. A fold over the batches: {@link ProducerTable.apply}. */
export class ProducerTable {
  readonly #producers = new Map<number, ProducerState>();
  /** First offsets of open transactions by producer; insertion order is offset order. */
  readonly #openTransactions = new Map<number, number>();

  get size(): number {
    return this.#producers.size;
  }

  /** First offset of the oldest open transaction; −1 if none is open. */
  get firstUnstableOffset(): number {
    for (const offset of this.#openTransactions.values()) return offset;
    return -1;
  }

  /** Judges a client's batch; changes nothing. */
  judge(buffer: Buffer, at: number): ProducerVerdict {
    const id = producerId(buffer, at);
    const known = id <= NO_PRODUCER_ID ? undefined : this.#producers.get(id);
    if (known === undefined) return ACCEPT;
    const epoch = producerEpoch(buffer, at);
    const sequence = baseSequence(buffer, at);
    const batch = known.repeatOf(epoch, sequence, lastSequence(buffer, at));
    if (batch !== undefined) return { kind: "repeat", batch };
    if (epoch < known.epoch) return { kind: "stale epoch", currentEpoch: known.epoch };
    if (!known.isDue(epoch, sequence)) return { kind: "out of order", lastSequence: known.lastSequence };
    return ACCEPT;
  }

  /** Judges the end marker of a transaction; changes nothing. A producer that is not known may have ended long ago. */
  judgeMarker(buffer: Buffer, at: number): MarkerVerdict {
    const known = this.#producers.get(producerId(buffer, at));
    if (known === undefined) return ACCEPT;
    if (producerEpoch(buffer, at) < known.epoch) return { kind: "stale epoch", currentEpoch: known.epoch };
    const marker = markerIn(buffer, at);
    if (marker !== undefined && marker.coordinatorEpoch < known.coordinatorEpoch)
      return { kind: "fenced coordinator", currentEpoch: known.coordinatorEpoch };
    return ACCEPT;
  }

  /** Takes note of a batch that is in the log. Returns the transaction that it ended, if it had records here. */
  apply(buffer: Buffer, at: number): EndedTransaction | undefined {
    const id = producerId(buffer, at);
    if (id <= NO_PRODUCER_ID) return undefined;
    let known = this.#producers.get(id);
    if (known === undefined) this.#producers.set(id, (known = new ProducerState(id)));
    const first = baseOffset(buffer, at);
    if (isControl(buffer, at)) return this.#endTransaction(known, buffer, at);
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
    known.startEpoch(producerEpoch(buffer, at));
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
