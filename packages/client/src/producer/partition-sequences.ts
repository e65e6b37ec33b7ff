/** An id and epoch that the cluster gave to this producer. */
export interface ProducerIdentity {
  readonly producerId: number;
  readonly producerEpoch: number;
}

/** A batch as the sequence rules see it. */
export interface SequencedBatch {
  readonly recordCount: number;
  readonly identity: ProducerIdentity | undefined;
  /** −1: not yet numbered. */
  readonly baseSequence: number;
  /** Numbers the batch anew; its bytes follow when it is sent next. */
  renumber(identity: ProducerIdentity, baseSequence: number): void;
}

/** A broker remembers this many batches per producer and partition to recognise a repeat. */
export const OUTSTANDING_MAX = 5;

const WRAP = 2 ** 31;
const NO_SEQUENCE = -1;

/** What to do with a batch that the broker refused on account of its sequence. */
export type SequenceVerdict = "retry" | "restartAndRetry" | "bumpAndRetry";

/** The sequence `count` records further on: after 2^31−1 comes 0. */
export function addToSequence(sequence: number, count: number): number {
  return (sequence + count) % WRAP;
}

/**
 * The numbering of one partition's batches under idempotence. A batch is numbered when it is first sent and keeps number and identity over
 * retries; it is outstanding from then until its fate is known. Rules as in Java's TransactionManager.
 * Source: KIP-98, KIP-360.
 */
export class PartitionSequences {
  #identity: ProducerIdentity | undefined;
  #next = 0;
  #lastAcked = NO_SEQUENCE;
  #lastAckedOffset = -1;
  #unresolved = false;
  /** The broker knows the producer by an older epoch, so that it takes nothing but 0 as the first number of this one. */
  #isKnown = false;
  /** In the order of their sequences. */
  readonly #outstanding: SequencedBatch[] = [];

  get nextSequence(): number {
    return this.#next;
  }

  get outstandingCount(): number {
    return this.#outstanding.length;
  }

  /** A batch failed and may have been written all the same: numbers after it cannot be trusted until all outstanding ones are decided. */
  get isUnresolved(): boolean {
    return this.#unresolved;
  }

  /**
   * Whether a batch may be sent now: a repeat only as the first outstanding one, a new one while the broker can still recognise repeats. The first one
   * of an identity goes alone: a broker without state takes any number, so a second one that overtook a refused first would shut it out for good. That would
   * cost each transaction a round trip, so it holds no longer once an older epoch was acknowledged whole.
   */
  maySend(batch: SequencedBatch, current: ProducerIdentity): boolean {
    if (batch.baseSequence !== NO_SEQUENCE) return this.#outstanding[0] === batch;
    const isStale = this.#identity !== undefined && this.#identity !== current;
    if (isStale) return this.#outstanding.length === 0;
    if (this.#unresolved) return false;
    if (this.#lastAcked === NO_SEQUENCE && !this.#isKnown && this.#outstanding.length > 0) return false;
    return this.#outstanding.length < OUTSTANDING_MAX;
  }

  /** Numbers a batch that is sent for the first time. */
  number(batch: SequencedBatch, current: ProducerIdentity): void {
    if (this.#identity !== current) this.#goOn(current);
    batch.renumber(current, this.#next);
    this.#next = addToSequence(this.#next, batch.recordCount);
    this.#outstanding.push(batch);
  }

  acknowledged(batch: SequencedBatch, lastOffset: number): void {
    if (batch.identity === this.#identity) {
      this.#lastAcked = addToSequence(batch.baseSequence, batch.recordCount - 1);
      if (lastOffset > this.#lastAckedOffset) this.#lastAckedOffset = lastOffset;
    }
    this.#remove(batch);
  }

  /**
   * A batch failed for good. If it was surely not written the outstanding ones behind it move up; else what is numbered next
   * would look like a gap or a repeat, so numbering waits for {@link needsBump}.
   */
  failed(batch: SequencedBatch, surelyNotWritten: boolean): void {
    const at = this.#outstanding.indexOf(batch);
    if (at < 0) return;
    this.#outstanding.splice(at, 1);
    if (!surelyNotWritten || batch.identity !== this.#identity) {
      this.#unresolved = true;
      return;
    }
    this.#next = addToSequence(this.#next, WRAP - batch.recordCount);
    for (let i = at; i < this.#outstanding.length; i++) {
      const later = this.#outstanding[i]!;
      later.renumber(later.identity!, addToSequence(later.baseSequence, WRAP - batch.recordCount));
    }
  }

  /** True when everything outstanding is decided and the last fate is still unknown: the epoch must be bumped before more is sent. */
  get needsBump(): boolean {
    if (!this.#unresolved || this.#outstanding.length > 0) return false;
    if (this.#lastAcked !== NO_SEQUENCE && addToSequence(this.#lastAcked, 1) === this.#next) {
      this.#unresolved = false;
      return false;
    }
    return true;
  }

  /** OUT_OF_ORDER_SEQUENCE_NUMBER: an earlier batch is missing, which its own retry will mend, or else the broker's state is gone. */
  onOutOfOrder(batch: SequencedBatch): SequenceVerdict {
    const isNext = batch.baseSequence === (this.#lastAcked === NO_SEQUENCE ? 0 : addToSequence(this.#lastAcked, 1));
    return !this.#unresolved && !isNext ? "retry" : "bumpAndRetry";
  }

  /** UNKNOWN_PRODUCER_ID: the broker dropped its state, legally if retention removed all our records. */
  onUnknownProducer(batch: SequencedBatch, logStartOffset: number): SequenceVerdict {
    if (logStartOffset < 0 || batch.identity !== this.#identity) return "retry";
    return this.#lastAckedOffset >= 0 && this.#lastAckedOffset < logStartOffset ? "restartAndRetry" : "bumpAndRetry";
  }

  /** Numbers everything outstanding from 0 under `identity`, in order. */
  restart(identity: ProducerIdentity): void {
    this.#restart(identity);
    for (const batch of this.#outstanding) {
      batch.renumber(identity, this.#next);
      this.#next = addToSequence(this.#next, batch.recordCount);
    }
  }

  /** A batch was too large and comes again in parts, under the numbers it had. */
  replace(batch: SequencedBatch, parts: readonly SequencedBatch[]): void {
    const at = this.#outstanding.indexOf(batch);
    if (at < 0) return;
    let sequence = batch.baseSequence;
    for (const part of parts) {
      part.renumber(batch.identity!, sequence);
      sequence = addToSequence(sequence, part.recordCount);
    }
    this.#outstanding.splice(at, 1, ...parts);
  }

  /** Nothing is outstanding, or what is belongs to the older identity. */
  #goOn(identity: ProducerIdentity): void {
    const isSameProducer = this.#identity?.producerId === identity.producerId;
    const isSettled = !this.#unresolved && this.#outstanding.length === 0;
    const isKnown = isSameProducer && isSettled && (this.#isKnown || this.#lastAcked !== NO_SEQUENCE);
    this.#restart(identity);
    this.#isKnown = isKnown;
  }

  #restart(identity: ProducerIdentity): void {
    this.#identity = identity;
    this.#isKnown = false;
    this.#next = 0;
    this.#lastAcked = NO_SEQUENCE;
    this.#lastAckedOffset = -1;
    this.#unresolved = false;
  }

  #remove(batch: SequencedBatch): void {
    const at = this.#outstanding.indexOf(batch);
    if (at >= 0) this.#outstanding.splice(at, 1);
  }
}
