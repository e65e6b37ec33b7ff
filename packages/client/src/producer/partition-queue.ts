import { PartitionSequences } from "./partition-sequences.ts";

const RATIO_STEP_DOWN = 0.02;
const RATIO_MARGIN = 1.05;

/** What a queue has to know of a batch. */
export interface QueuedBatch {
  readonly isFull: boolean;
  readonly attempts: number;
  readonly ticket: number;
}

/** Batches of one partition that wait to be sent, oldest first; the last may still take records. */
export class PartitionQueue<Batch extends QueuedBatch> {
  readonly topic: string;
  readonly partition: number;
  readonly sequences = new PartitionSequences();
  readonly waiting: Batch[] = [];
  /** Sent and not yet decided. */
  inFlightCount = 0;
  /** What the codec made of this partition's records lately, rather too high than too low. */
  compressionRatio = 1;

  /** No batch is to be larger than half of the last that the topic was too small for; `batch.size` alone does not know its `max.message.bytes`. */
  limitBytes = Number.POSITIVE_INFINITY;
  /** Its last batch was full, so the next one will probably be. */
  isBusy = false;
  /** Why nothing of it can be sent at present; cleared by the next that is. */
  unsentBecause: Error | undefined;

  constructor(topic: string, partition: number) {
    this.topic = topic;
    this.partition = partition;
  }

  /** The batch that takes the next record. */
  get open(): Batch | undefined {
    const last = this.waiting.at(-1);
    return last !== undefined && !last.isFull && last.attempts === 0 ? last : undefined;
  }

  /** Puts a batch back to be sent again, or the parts that it became: among those already sent in the order they were made, before those never sent. */
  putBack(batch: Batch, parts: readonly Batch[] = [batch]): void {
    let at = 0;
    while (at < this.waiting.length && this.waiting[at]!.attempts > 0 && this.waiting[at]!.ticket < batch.ticket) at++;
    this.waiting.splice(at, 0, ...parts);
  }

  remove(batch: Batch): void {
    const at = this.waiting.indexOf(batch);
    if (at >= 0) this.waiting.splice(at, 1);
  }

  noteCompression(uncompressedBytes: number, compressedBytes: number): void {
    const seen = Math.min(1, (compressedBytes / uncompressedBytes) * RATIO_MARGIN);
    this.compressionRatio = seen > this.compressionRatio ? seen : Math.max(seen, this.compressionRatio - RATIO_STEP_DOWN);
  }
}
