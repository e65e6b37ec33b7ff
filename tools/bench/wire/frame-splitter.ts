/** Cuts a stream of chunks into frames (int32 size, body). Frames are views; a frame over several chunks is put together once. */
export class FrameSplitter {
  #chunks: Buffer[] = [];
  #bytes = 0;
  #needed = 4;

  /** Calls `onFrame` with each whole frame, size field included. */
  push(chunk: Buffer, onFrame: (frame: Buffer) => void): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes < this.#needed) return;
    let rest = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    this.#needed = 4;
    while (rest.length >= 4) {
      const size = 4 + rest.readInt32BE(0);
      if (rest.length < size) {
        this.#needed = size;
        break;
      }
      onFrame(rest.subarray(0, size));
      rest = rest.subarray(size);
    }
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#bytes = rest.length;
  }
}
