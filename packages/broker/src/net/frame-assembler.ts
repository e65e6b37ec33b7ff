const SIZE_BYTES = 4;
/** Frames up to this get their whole buffer at once; larger ones grow with what arrives, so that a size alone costs no memory. */
const RESERVE_BYTES = 1024 * 1024;
/** A buffer for an unfinished frame that is kept for the next one. */
const KEPT_BYTES = 256 * 1024;

/** Why a stream cannot go on. */
export interface FrameViolation {
  readonly kind: "negative" | "too-large";
  readonly frameBytes: number;
}

/**
 * Cuts a byte stream into Kafka frames (`int32 size · payload`). Chunks are borrowed: whole frames are handed on as views of them, and only the unfinished frame at
 * the end is copied, into a buffer that serves again and again. Holds at most one unfinished frame, and never much more memory than bytes have arrived.
 */
export class FrameAssembler {
  readonly #maxFrameBytes: number;
  /** Size prefix of the unfinished frame, as far as it has come. */
  readonly #prefix: Buffer = Buffer.alloc(SIZE_BYTES);
  #prefixBytes = 0;
  #buffer: Buffer = Buffer.alloc(0);
  #frameBytes = 0;
  #filledBytes = 0;

  constructor(maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes;
  }

  /**
   * Hands every frame's payload that `chunk` completes to `onFrame`, in order; it is valid during that call only. After a violation the stream is useless.
   */
  push(chunk: Buffer, onFrame: (payload: Buffer) => void): FrameViolation | undefined {
    let at = 0;
    while (at < chunk.length) {
      if (this.#prefixBytes === 0 && chunk.length - at >= SIZE_BYTES) {
        const frameBytes = chunk.readInt32BE(at);
        const end = at + SIZE_BYTES + frameBytes;
        if (frameBytes >= 0 && end <= chunk.length && frameBytes <= this.#maxFrameBytes) {
          onFrame(chunk.subarray(at + SIZE_BYTES, end));
          at = end;
          continue;
        }
      }
      const taken = this.#prefixBytes < SIZE_BYTES ? this.#fillPrefix(chunk, at) : this.#fillFrame(chunk, at);
      if (typeof taken !== "number") return taken;
      at += taken;
      if (this.#prefixBytes === SIZE_BYTES && this.#filledBytes === this.#frameBytes) this.#finish(onFrame);
    }
    return undefined;
  }

  #fillPrefix(chunk: Buffer, at: number): number | FrameViolation {
    const count = chunk.copy(this.#prefix, this.#prefixBytes, at, at + SIZE_BYTES - this.#prefixBytes);
    this.#prefixBytes += count;
    if (this.#prefixBytes < SIZE_BYTES) return count;
    const frameBytes = this.#prefix.readInt32BE(0);
    if (frameBytes < 0) return { kind: "negative", frameBytes };
    if (frameBytes > this.#maxFrameBytes) return { kind: "too-large", frameBytes };
    this.#frameBytes = frameBytes;
    this.#filledBytes = 0;
    this.#reserve(Math.min(frameBytes, RESERVE_BYTES));
    return count;
  }

  #fillFrame(chunk: Buffer, at: number): number {
    const count = Math.min(this.#frameBytes - this.#filledBytes, chunk.length - at);
    if (this.#filledBytes + count > this.#buffer.length)
      this.#reserve(Math.min(this.#frameBytes, Math.max(this.#buffer.length * 2, this.#filledBytes + count)));
    chunk.copy(this.#buffer, this.#filledBytes, at, at + count);
    this.#filledBytes += count;
    return count;
  }

  #finish(onFrame: (payload: Buffer) => void): void {
    const payload = this.#buffer.subarray(0, this.#frameBytes);
    this.#prefixBytes = 0;
    this.#frameBytes = 0;
    this.#filledBytes = 0;
    if (this.#buffer.length > KEPT_BYTES) this.#buffer = Buffer.alloc(0);
    onFrame(payload);
  }

  #reserve(byteLength: number): void {
    if (this.#buffer.length >= byteLength) return;
    const larger = Buffer.allocUnsafeSlow(byteLength);
    this.#buffer.copy(larger, 0, 0, this.#filledBytes);
    this.#buffer = larger;
  }
}
