import {
  baseOffset,
  baseSequence,
  isControl,
  isTransactional,
  lastOffset,
  lastSequence,
  maxTimestamp,
  NO_PRODUCER_ID,
  producerEpoch,
  producerId,
} from "@ottla/protocol/records";
import type { ActiveProducer } from "../partition/log-outcomes.ts";
import { type ProducerBatch, ProducerState } from "./producer-state.ts";

/** What the table says of a batch before it is appended. */
export type ProducerVerdict =
  | { readonly kind: "accept" }
  | { readonly kind: "repeat"; readonly batch: ProducerBatch }
  | { readonly kind: "stale epoch"; readonly currentEpoch: number }
  | { readonly kind: "out of order"; readonly lastSequence: number };

const ACCEPT: ProducerVerdict = { kind: "accept" };

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

  /** Takes note of a batch that is in the log. */
  apply(buffer: Buffer, at: number): void {
    const id = producerId(buffer, at);
    if (id <= NO_PRODUCER_ID) return;
    let known = this.#producers.get(id);
    if (known === undefined) this.#producers.set(id, (known = new ProducerState(id)));
    const first = baseOffset(buffer, at);
    if (isControl(buffer, at)) {
      known.startEpoch(producerEpoch(buffer, at));
      known.lastTimestampMs = maxTimestamp(buffer, at);
      known.transactionStartOffset = -1;
      this.#openTransactions.delete(id);
      return;
    }
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
