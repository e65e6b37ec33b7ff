import { MalformedBytesError } from "@ottla/base";

const SIZE_BYTES = 4;
/** A frame's buffer is taken in one piece up to this size; a longer one proves itself first by sending this much. */
const TRUSTED_FRAME_BYTES = 8 * 1024 * 1024;
/** Small frames share Node's pool, which is quicker than memory of their own. */
const POOLED_BELOW_BYTES = 2048;

/**
 * Cuts the byte stream of a connection into response frames (`int32 size · payload`), each one contiguous buffer of its own, copied once, straight to its place: chunks
 * are borrowed. Throws `MalformedBytesError` on an impossible size.
 */
export class ResponseAssembler {
  readonly #frameBytesMax: number;
  readonly #size: Buffer = Buffer.alloc(SIZE_BYTES);
  #sizeFilled = 0;
  #frame: Buffer | undefined;
  #frameBytes = 0;
  #filled = 0;

  constructor(frameBytesMax: number) {
    this.#frameBytesMax = frameBytesMax;
  }

  /** Hands every frame's payload that `chunk` completes to `onFrame`, in order. */
  push(chunk: Buffer, onFrame: (payload: Buffer) => void): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#frame !== undefined) {
        at += this.#fill(chunk, at);
        if (this.#filled === this.#frameBytes) onFrame(this.#take());
        continue;
      }
      at = this.#readSize(chunk, at);
      if (this.#sizeFilled < SIZE_BYTES) return;
      this.#sizeFilled = 0;
      const bytes = this.#checkedSize();
      this.#begin(bytes);
    }
  }

  #readSize(chunk: Buffer, at: number): number {
    while (this.#sizeFilled < SIZE_BYTES && at < chunk.length) this.#size[this.#sizeFilled++] = chunk[at++]!;
    return at;
  }

  #checkedSize(): number {
    const bytes = this.#size.readInt32BE(0);
    if (bytes < SIZE_BYTES || bytes > this.#frameBytesMax) {
      throw new MalformedBytesError(
        `A response claims to have ${bytes} bytes; between ${SIZE_BYTES} and ${this.#frameBytesMax} are taken.`,
      );
    }
    return bytes;
  }

  #begin(bytes: number): void {
    this.#frame = bytes < POOLED_BELOW_BYTES ? Buffer.allocUnsafe(bytes) : Buffer.allocUnsafeSlow(Math.min(bytes, TRUSTED_FRAME_BYTES));
    this.#frameBytes = bytes;
    this.#filled = 0;
  }

  #fill(chunk: Buffer, at: number): number {
    let frame = this.#frame!;
    if (this.#filled === frame.length) {
      const grown = Buffer.allocUnsafeSlow(Math.min(this.#frameBytes, frame.length * 4));
      frame.copy(grown);
      this.#frame = frame = grown;
    }
    const bytes = chunk.copy(frame, this.#filled, at);
    this.#filled += bytes;
    return bytes;
  }

  #take(): Buffer {
    const frame = this.#frame!;
    this.#frame = undefined;
    return frame;
  }
}
