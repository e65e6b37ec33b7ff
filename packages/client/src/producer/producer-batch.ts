import { type CodecName, type HeaderInput, RecordBatchBuilder, RecordCursor, setProducerState } from "@ottla/protocol/records";
import type { TopicPartition } from "../topic-partition.ts";
import type { BatchPlace, Delivery, WholeDelivery } from "./delivery.ts";
import type { PartitionQueue } from "./partition-queue.ts";
import type { ProducerIdentity, SequencedBatch } from "./partition-sequences.ts";

const NO_SEQUENCE = -1;

/** The queue of a partition, with its batches. */
export type BatchQueue = PartitionQueue<ProducerBatch>;

/** How large a batch may become, and where it is written. */
export interface BatchPlan {
  readonly limitBytes: number;
  readonly compressionRatio?: number;
  readonly isTransactional?: boolean;
  readonly buffer?: Buffer | undefined;
}

/** Records for one partition on their way: open for appends, then closed into bytes, sent as often as needed, at last decided. */
export class ProducerBatch implements SequencedBatch {
  readonly topic: string;
  readonly partition: number;
  readonly createdAtMs: number;
  /** For flush: everything with a lower or equal number was handed in before. */
  readonly ticket: number;
  /** Its buffer goes round, and it has it still. */
  isPooled: boolean;
  /** Bytes that this batch holds of the producer's buffer memory. */
  chargedBytes = 0;
  attempts = 0;
  /** Why the last attempt did not succeed. */
  lastError: Error | undefined;
  /** Not sent again before this (monotonic ms). */
  retryAtMs = 0;
  isInFlight = false;
  isDone = false;
  /** It may be in the log although no acknowledgement came. */
  isFateUnknown = false;
  /** Set when it is first sent. */
  queue: BatchQueue | undefined;
  identity: ProducerIdentity | undefined;
  baseSequence: number = NO_SEQUENCE;
  readonly #builder: RecordBatchBuilder;
  #bytes: Buffer | undefined;
  #bytesAreStale = false;
  /** Who waits for all of its records so far; undefined where that is not one. */
  #whole: Delivery | undefined;
  /** Sparse: index of the record → who waits for it. Undefined while nobody does, or one waits for all. */
  #deliveries: (Delivery | undefined)[] | undefined;
  #isFull = false;
  #packing: "no" | "begun" | "done" = "no";

  constructor(place: TopicPartition, plan: BatchPlan, createdAtMs: number, ticket: number) {
    this.topic = place.topic;
    this.partition = place.partition;
    this.createdAtMs = createdAtMs;
    this.ticket = ticket;
    this.isPooled = plan.buffer !== undefined;
    this.#builder = new RecordBatchBuilder(plan);
  }

  /** Where its records stand: the buffer it was lent, or a larger one in its place. */
  get buffer(): Buffer {
    return this.#builder.buffer;
  }

  get recordCount(): number {
    return this.#builder.recordCount;
  }

  /** Uncompressed. */
  get recordBytes(): number {
    return this.#builder.sizeInBytes;
  }

  /** Takes no more records, or has no room for any of ordinary size. */
  get isFull(): boolean {
    return this.#isFull || this.#bytes !== undefined || this.#packing !== "no" || this.#builder.estimatedBytes >= this.#builder.limitBytes;
  }

  /** False when there is no room; the batch is full from then on. */
  tryAppend(
    key: Uint8Array | null,
    value: Uint8Array | null,
    headers: readonly HeaderInput[],
    timestamp: number,
    delivery: Delivery | undefined,
  ): boolean {
    if (this.#isFull || this.#bytes !== undefined || this.#packing !== "no") return false;
    const index = this.#builder.recordCount;
    if (!this.#builder.append(key, value, headers, timestamp)) {
      this.#isFull = true;
      return false;
    }
    if (delivery !== this.#whole || index === 0) this.#note(delivery, index);
    return true;
  }

  #note(delivery: Delivery | undefined, index: number): void {
    if (index === 0 && delivery?.whole !== undefined) {
      this.#whole = delivery;
      return;
    }
    if (this.#whole !== undefined) {
      this.#deliveries = Array.from({ length: index }, () => this.#whole);
      this.#whole = undefined;
    }
    if (delivery !== undefined) (this.#deliveries ??= [])[index] = delivery;
  }

  get isPacking(): boolean {
    return this.#packing === "begun";
  }

  /** What {@link bytes} has to pack is packed. */
  get isPacked(): boolean {
    return this.#packing === "done" || this.#bytes !== undefined;
  }

  /** Packs the records at once; the batch is full from now on. Returns the buffer that goes round, which the batch has no more; undefined where it has none or is packed. */
  packHere(codec: CodecName): Buffer | undefined {
    if (this.#packing !== "no" || this.#bytes !== undefined) return undefined;
    this.#packing = "done";
    const buffer = this.#builder.pack(codec);
    const goesRound = this.isPooled;
    this.isPooled = false;
    return goesRound ? buffer : undefined;
  }

  /** Packs the records in another thread; the batch is full from now on. Never rejects. */
  async pack(codec: CodecName): Promise<void> {
    this.#packing = "begun";
    await this.#builder.packAside(codec);
    this.#packing = "done";
  }

  renumber(identity: ProducerIdentity, baseSequence: number): void {
    this.identity = identity;
    this.baseSequence = baseSequence;
    this.#bytesAreStale = this.#bytes !== undefined;
  }

  /** The batch as it goes on the wire. Closes it at the first call; the same bytes come again unless it was numbered anew. */
  bytes(codec: CodecName): Buffer {
    if (this.#bytes === undefined) {
      if (this.identity) this.#builder.setProducerState(this.identity.producerId, this.identity.producerEpoch, this.baseSequence);
      this.#bytes = this.#builder.close(codec);
    } else if (this.#bytesAreStale && this.identity) {
      // The old bytes may still wait in a socket: a repeat must not change them.
      this.#bytes = Buffer.from(this.#bytes);
      setProducerState(this.#bytes, 0, this.identity.producerId, this.identity.producerEpoch, this.baseSequence);
    }
    this.#bytesAreStale = false;
    return this.#bytes;
  }

  get sizeInBytes(): number {
    return this.#bytes?.length ?? this.#builder.estimatedBytes;
  }

  /** Halves that together hold the same records and whoever waits for them; this batch must not be used any more. */
  split(limitBytes: number): ProducerBatch[] {
    const parts: ProducerBatch[] = [];
    const cursor = new RecordCursor().open(this.#bytes!);
    let part: ProducerBatch | undefined;
    for (let index = 0; cursor.moveNext(); index++) {
      const delivery = this.#whole ?? this.#deliveries?.[index];
      if (!part?.tryAppend(cursor.key(), cursor.value(), cursor.headers(), cursor.timestamp, delivery)) {
        part = new ProducerBatch(this, { limitBytes }, this.createdAtMs, this.ticket);
        part.tryAppend(cursor.key(), cursor.value(), cursor.headers(), cursor.timestamp, delivery);
        parts.push(part);
      }
    }
    parts.forEach((each, i) => {
      each.#isFull = true;
      each.queue = this.queue;
      each.attempts = this.attempts;
      each.lastError = this.lastError;
      each.chargedBytes = i === 0 ? this.chargedBytes : 0;
    });
    return parts;
  }

  /** Tells everybody. A callback that throws is reported and harms no other. */
  acknowledge(place: BatchPlace, onCallbackError: (error: unknown) => void): void {
    this.isDone = true;
    if (this.#whole !== undefined) this.#tellWhole((whole) => whole.acknowledged(place, this.recordCount), onCallbackError);
    else this.#tell((delivery, index) => delivery.acknowledged(place, index), onCallbackError);
  }

  /** Returns false when nobody waits for some record, so that its failure went unheard. */
  fail(error: Error, onCallbackError: (error: unknown) => void): boolean {
    this.isDone = true;
    if (this.#whole !== undefined) {
      this.#tellWhole((whole) => whole.failed(error, this.recordCount), onCallbackError);
      return true;
    }
    let told = 0;
    this.#tell((delivery) => {
      if (delivery.isHeard !== false) told++;
      delivery.failed(error);
    }, onCallbackError);
    return told === this.recordCount;
  }

  #tellWhole(run: (whole: WholeDelivery) => void, onCallbackError: (error: unknown) => void): void {
    const whole = this.#whole!.whole!;
    this.#whole = undefined;
    try {
      run(whole);
    } catch (error) {
      onCallbackError(error);
    }
  }

  #tell(run: (delivery: Delivery, index: number) => void, onCallbackError: (error: unknown) => void): void {
    const deliveries = this.#deliveries;
    if (deliveries === undefined) return;
    this.#deliveries = undefined;
    for (let i = 0; i < deliveries.length; i++) {
      const delivery = deliveries[i];
      if (delivery === undefined) continue;
      try {
        run(delivery, i);
      } catch (error) {
        onCallbackError(error);
      }
    }
  }
}
