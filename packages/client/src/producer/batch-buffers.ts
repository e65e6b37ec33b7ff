/**
 * Buffers of the batch size that go round: a busy partition's next batch is written where an acknowledged one stood, in place of growing a
 * new buffer piece by piece and leaving it to the garbage collector.
 */
export class BatchBuffers {
  readonly #bufferBytes: number;
  readonly #keptMax: number;
  readonly #kept: Buffer[] = [];

  constructor(bufferBytes: number, memoryBytes: number) {
    this.#bufferBytes = bufferBytes;
    this.#keptMax = Math.floor(memoryBytes / Math.max(1, bufferBytes));
  }

  take(): Buffer {
    return this.#kept.pop() ?? Buffer.allocUnsafeSlow(this.#bufferBytes);
  }

  /** Nobody may read or write it any more. */
  giveBack(buffer: Buffer): void {
    if (this.#kept.length < this.#keptMax) this.#kept.push(buffer);
  }
}
