import { NO_PRODUCER_EPOCH, NO_SEQUENCE } from "@ottla/protocol/records";

/** How many of a producer's last batches are remembered, to recognise a repeat. Kafka's number. */
const REMEMBERED_BATCHES = 5;
/** Sequence numbers go from 0 to this and then from 0 again. */
const MAX_SEQUENCE = 0x7fffffff;

/** One batch an idempotent producer sent. */
export interface ProducerBatch {
  readonly baseSequence: number;
  readonly lastSequence: number;
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly timestampMs: number;
}

/** What a partition knows of one idempotent producer. Absent values are −1. */
export class ProducerState {
  readonly producerId: number;
  epoch: number = NO_PRODUCER_EPOCH;
  lastTimestampMs = -1;
  coordinatorEpoch = -1;
  /** First offset of the transaction that is open. */
  transactionStartOffset = -1;
  /** The last batches of `epoch`, oldest first, at most five. */
  readonly batches: ProducerBatch[] = [];

  constructor(producerId: number) {
    this.producerId = producerId;
  }

  get lastSequence(): number {
    return this.batches.length === 0 ? NO_SEQUENCE : this.batches[this.batches.length - 1]!.lastSequence;
  }

  /** The remembered batch with these sequence numbers. */
  repeatOf(epoch: number, baseSequence: number, lastSequence: number): ProducerBatch | undefined {
    if (epoch !== this.epoch) return undefined;
    for (const batch of this.batches) {
      if (batch.baseSequence === baseSequence && batch.lastSequence === lastSequence) return batch;
    }
    return undefined;
  }

  /** Whether `baseSequence` is the next one due: a new epoch starts at 0; without any state everything is taken. */
  isDue(epoch: number, baseSequence: number): boolean {
    if (this.epoch === NO_PRODUCER_EPOCH) return true;
    if (epoch !== this.epoch) return baseSequence === 0;
    return baseSequence === nextSequence(this.lastSequence);
  }

  remember(epoch: number, batch: ProducerBatch): void {
    this.startEpoch(epoch);
    if (this.batches.length === REMEMBERED_BATCHES) this.batches.shift();
    this.batches.push(batch);
    this.lastTimestampMs = batch.timestampMs;
  }

  /** Adds those of `batches`, which are of the same epoch and in order, that came before the oldest remembered one; it keeps the newest. */
  recall(batches: readonly ProducerBatch[]): void {
    const oldest = this.batches[0];
    if (oldest === undefined) return;
    const earlier = batches.filter((batch) => batch.lastOffset < oldest.baseOffset).slice(-(REMEMBERED_BATCHES - this.batches.length));
    if (this.batches.length < REMEMBERED_BATCHES) this.batches.unshift(...earlier);
  }

  /** A batch of another epoch forgets those of the last one. */
  startEpoch(epoch: number): void {
    if (epoch === this.epoch) return;
    this.epoch = epoch;
    this.batches.length = 0;
  }
}

function nextSequence(sequence: number): number {
  return sequence === MAX_SEQUENCE ? 0 : sequence + 1;
}

/** The sequence number `delta` records before `sequence`. */
export function sequenceBefore(sequence: number, delta: number): number {
  return sequence >= delta ? sequence - delta : sequence - delta + MAX_SEQUENCE + 1;
}
