import type { BatchReport, DeliveryCallback, DeliveryListener, RecordMetadata } from "./record-types.ts";

/** Where a batch came to stand. */
export interface BatchPlace {
  readonly topic: string;
  readonly partition: number;
  /** −1: unknown. */
  readonly baseOffset: number;
  /** −1: the records keep their own time. */
  readonly logAppendTimeMs: number;
}

/** Waits for the fate of a record; exactly one of the two is called. */
export interface Delivery {
  acknowledged(place: BatchPlace, index: number): void;
  failed(error: Error): void;
  /** It waits for many records, and is told in one call of a batch that has no others. */
  readonly whole?: WholeDelivery;
  /** False: it only looks on, so that a failure has to be told to somebody else. Left out: true. */
  readonly isHeard?: boolean;
}

/** Waits for the fate of all records of a batch. */
export interface WholeDelivery {
  acknowledged(place: BatchPlace, count: number): void;
  failed(error: Error, count: number): void;
}

/** What a record's place in the answer says of it; `timestamp` is its own. */
export function metadataOf(place: BatchPlace, index: number, timestamp: number): RecordMetadata {
  return {
    topic: place.topic,
    partition: place.partition,
    offset: place.baseOffset < 0 ? -1 : place.baseOffset + index,
    timestamp: place.logAppendTimeMs >= 0 ? place.logAppendTimeMs : timestamp,
  };
}

/** Tells a callback. */
export class CallbackDelivery implements Delivery {
  readonly #callback: DeliveryCallback;
  readonly #timestamp: number;

  constructor(callback: DeliveryCallback, timestamp: number) {
    this.#callback = callback;
    this.#timestamp = timestamp;
  }

  acknowledged(place: BatchPlace, index: number): void {
    this.#callback(undefined, metadataOf(place, index, this.#timestamp));
  }

  failed(error: Error): void {
    this.#callback(error, undefined);
  }
}

/** Settles a promise. */
export class PromiseDelivery implements Delivery {
  readonly #resolve: (metadata: RecordMetadata) => void;
  readonly #reject: (error: Error) => void;
  readonly #timestamp: number;

  constructor(resolve: (metadata: RecordMetadata) => void, reject: (error: Error) => void, timestamp: number) {
    this.#resolve = resolve;
    this.#reject = reject;
    this.#timestamp = timestamp;
  }

  acknowledged(place: BatchPlace, index: number): void {
    this.#resolve(metadataOf(place, index, this.#timestamp));
  }

  failed(error: Error): void {
    this.#reject(error);
  }
}

/** Counts for many records at once. */
export class CountingDelivery implements Delivery {
  #left: number;
  #acknowledged = 0;
  #failed = 0;
  #error: Error | undefined;
  readonly #onDone: (report: BatchReport) => void;

  constructor(count: number, onDone: (report: BatchReport) => void) {
    this.#left = count;
    this.#onDone = onDone;
    if (count === 0) this.#finish();
  }

  acknowledged(): void {
    this.#acknowledged++;
    if (--this.#left === 0) this.#finish();
  }

  failed(error: Error): void {
    this.#failed++;
    this.#error ??= error;
    if (--this.#left === 0) this.#finish();
  }

  #finish(): void {
    this.#onDone({ acknowledged: this.#acknowledged, failed: this.#failed, error: this.#error });
  }
}

/** Tells a listener: of whole batches where they are its own, else record by record. */
export class ListenerDelivery implements Delivery {
  readonly listener: DeliveryListener;
  readonly whole: WholeDelivery;

  constructor(listener: DeliveryListener) {
    this.listener = listener;
    this.whole = {
      acknowledged: (place, count) => this.#acknowledged(place, count, count),
      failed: (error, count) => this.listener.onFailed(error, count),
    };
  }

  acknowledged(place: BatchPlace, index: number): void {
    this.#acknowledged(place, index + 1, 1);
  }

  failed(error: Error): void {
    this.listener.onFailed(error, 1);
  }

  #acknowledged({ topic, partition, baseOffset }: BatchPlace, end: number, count: number): void {
    this.listener.onAcknowledged(topic, partition, baseOffset < 0 ? -1 : baseOffset + end, count);
  }
}
