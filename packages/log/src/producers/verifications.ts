/**
 * Names one verification: that the transaction coordinator was asked, and nothing has ended since, is shown by handing it back with the batch. It is known by its
 * identity; there is nothing in it.
 */
export class VerificationGuard {
  /** Keeps other objects from passing for one. */
  declare private readonly brand: undefined;
}

/** Of a producer that has asked to write into a transaction, and has not written yet. */
export interface Verification {
  readonly guard: VerificationGuard;
  readonly sinceMs: number;
  /** Its transactions raise the epoch each time (KIP-890, part 2). */
  readonly raisesEpoch: boolean;
  producerEpoch: number;
  /** The lowest sequence number that asked under this epoch: none above it may be written first. */
  lowestSequence: number;
}

/** How many are kept for a partition; the oldest goes when there are more, and its producer has to ask again. */
const VERIFICATIONS_MAX = 10_000;

/** The verifications that are under way in a partition. In memory only: after a restart everybody asks again. Source: Kafka's VerificationStateEntry. */
export class Verifications {
  readonly #byProducer = new Map<number, Verification>();

  get size(): number {
    return this.#byProducer.size;
  }

  get(producerId: number): Verification | undefined {
    return this.#byProducer.get(producerId);
  }

  /** The guard of the verification that is under way, or of one that begins. */
  begin(producerId: number, producerEpoch: number, baseSequence: number, raisesEpoch: boolean, nowMs: number): VerificationGuard {
    const known = this.#byProducer.get(producerId);
    if (known === undefined) {
      if (this.#byProducer.size >= VERIFICATIONS_MAX) this.#dropOldest();
      const guard = new VerificationGuard();
      this.#byProducer.set(producerId, { guard, sinceMs: nowMs, raisesEpoch, producerEpoch, lowestSequence: baseSequence });
      return guard;
    }
    if (producerEpoch === known.producerEpoch) known.lowestSequence = Math.min(known.lowestSequence, baseSequence);
    else if (producerEpoch > known.producerEpoch) {
      known.producerEpoch = producerEpoch;
      known.lowestSequence = baseSequence;
    }
    return known.guard;
  }

  end(producerId: number): void {
    this.#byProducer.delete(producerId);
  }

  /** Forgets those that began `expirationMs` ago and led to nothing. */
  expire(nowMs: number, expirationMs: number): void {
    for (const [producerId, { sinceMs }] of this.#byProducer) if (nowMs - sinceMs >= expirationMs) this.#byProducer.delete(producerId);
  }

  #dropOldest(): void {
    for (const producerId of this.#byProducer.keys()) {
      this.#byProducer.delete(producerId);
      return;
    }
  }
}
