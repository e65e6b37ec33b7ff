/** What a batch packs to a quarter of; a larger one was for a single large record. */
const KEPT_SIZE_RATIO_MAX = 4;

/**
 * Buffers of the batch size that go round: a busy partition's next batch is written where an acknowledged one stood, in place of growing a
 * new buffer piece by piece and leaving it to the garbage collector. Batches that will be packed grow theirs, and it is those that come back.
 */
export class BatchBuffers {
  readonly #bufferBytes: number;
  readonly #keptBytesMax: number;
  readonly #kept: Buffer[] = [];
  #keptBytes = 0;

  constructor(bufferBytes: number, memoryBytes: number) {
    this.#bufferBytes = bufferBytes;
    this.#keptBytesMax = memoryBytes;
  }

  take(): Buffer {
    const buffer = this.#kept.pop();
    if (buffer === undefined) return Buffer.allocUnsafeSlow(this.#bufferBytes);
    this.#keptBytes -= buffer.length;
    return buffer;
  }

  /** Nobody may read or write it any more. */
  giveBack(buffer: Buffer): void {
    if (buffer.length > this.#bufferBytes * KEPT_SIZE_RATIO_MAX) return;
    if (this.#keptBytes + buffer.length > this.#keptBytesMax) return;
    this.#keptBytes += buffer.length;
    this.#kept.push(buffer);
  }
}
