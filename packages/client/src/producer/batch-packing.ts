import type { CodecName } from "@ottla/protocol/records";
import type { BatchQueue, ProducerBatch } from "./producer-batch.ts";

/**
 * From these sizes on (uncompressed) packing in another thread takes less of the event loop than packing at once; figures in docs/benchmarks.md. lz4 and snappy are
 * done before another thread would have been told.
 */
const asideFromBytes: Readonly<Partial<Record<CodecName, number>>> = { gzip: 32 * 1024, zstd: 128 * 1024 };
/** Whether batches of whatever size are packed on the thread of the loop. */
export function isPackedHere(codec: CodecName): boolean {
  return codec !== "none" && asideFromBytes[codec] === undefined;
}

/** Node has four threads for such work, and others need them, too. */
const AT_ONCE_MAX = 3;

/**
 * Packs large batches in other threads before they are sent. Batches of a partition are sent in their order whichever is ready first. Only what the
 * producer's buffer memory holds is packed, so that packed bytes are bounded by it, too.
 */
export class BatchPacking {
  readonly #codec: CodecName;
  readonly #fromBytes: number;
  readonly #onReady: () => void;
  #atOnce = 0;

  /** `onReady`: some batch may be sent that could not be before. */
  constructor(codec: CodecName, onReady: () => void) {
    this.#codec = codec;
    this.#fromBytes = asideFromBytes[codec] ?? Infinity;
    this.#onReady = onReady;
  }

  /** Whether the batch, which is due, may be sent now; if not, it is packed as soon as there is a thread for it. */
  isReady(batch: ProducerBatch): boolean {
    if (batch.recordBytes < this.#fromBytes || batch.isPacked) return true;
    this.#start(batch);
    return false;
  }

  /** The full ones of a queue need not wait for their turn. */
  ahead(queue: BatchQueue): void {
    if (this.#fromBytes === Infinity) return;
    for (const batch of queue.waiting) {
      if (this.#atOnce >= AT_ONCE_MAX) return;
      if (batch.isFull && !batch.isPacked && batch.recordBytes >= this.#fromBytes) this.#start(batch);
    }
  }

  #start(batch: ProducerBatch): void {
    if (batch.isPacking || this.#atOnce >= AT_ONCE_MAX) return;
    this.#atOnce++;
    void batch.pack(this.#codec).then(() => {
      this.#atOnce--;
      this.#onReady();
    });
  }
}
