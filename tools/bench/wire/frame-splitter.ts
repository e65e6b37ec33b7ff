const SIZE_BYTES = 4;

/**
 * Cuts a stream of chunks into frames (int32 size, body; handed on with the size field). A frame within one chunk is a view of it, valid as long as
 * the chunk; only a frame that lies over several chunks is copied, valid until the next push. Nothing of a chunk is kept by reference.
 */
export class FrameSplitter {
  #partial: Buffer = Buffer.allocUnsafe(2 ** 16);
  #spare: Buffer = Buffer.allocUnsafe(2 ** 16);
  #partialBytes = 0;

  /** Calls `onFrame` with each frame that `chunk` completes. */
  push(chunk: Buffer, onFrame: (frame: Buffer) => void): void {
    let at = 0;
    while (this.#partialBytes > 0 && at < chunk.length) {
      const isSizeKnown = this.#partialBytes >= SIZE_BYTES;
      const wanted = isSizeKnown ? SIZE_BYTES + this.#partial.readInt32BE(0) : SIZE_BYTES;
      at += this.#keep(chunk, at, Math.min(wanted - this.#partialBytes, chunk.length - at), wanted);
      if (!isSizeKnown || this.#partialBytes < wanted) continue;
      this.#partialBytes = 0;
      const frame = this.#partial.subarray(0, wanted);
      [this.#partial, this.#spare] = [this.#spare, this.#partial];
      onFrame(frame);
    }
    while (chunk.length - at >= SIZE_BYTES) {
      const end = at + SIZE_BYTES + chunk.readInt32BE(at);
      if (end > chunk.length) break;
      onFrame(chunk.subarray(at, end));
      at = end;
    }
    if (at < chunk.length) this.#keep(chunk, at, chunk.length - at, chunk.length - at);
  }

  #keep(chunk: Buffer, from: number, count: number, capacity: number): number {
    if (this.#partial.length < capacity) this.#partial = Buffer.concat([this.#partial.subarray(0, this.#partialBytes)], capacity);
    chunk.copy(this.#partial, this.#partialBytes, from, from + count);
    this.#partialBytes += count;
    return count;
  }
}
