const FIRST_CHUNK_BYTES = 4096;
const LARGEST_CHUNK_BYTES = 1024 * 1024;

/**
 * Bytes that grow at the end without ever being moved: chunks that double up to 1 MiB. Reading finds its chunk by binary search.
 * Bytes never written between two writes are zero.
 */
export class ChunkedBytes {
  readonly #chunks: Buffer[] = [];
  /** Where each chunk starts, in bytes from the beginning. */
  readonly #starts: number[] = [];
  #capacity = 0;
  #length = 0;
  readonly #onGrow: (moreBytes: number) => void;

  /** `onGrow` hears of memory before it is taken; what it throws keeps the bytes as they were. */
  constructor(onGrow: (moreBytes: number) => void = () => {}) {
    this.#onGrow = onGrow;
  }

  /** Memory taken, in bytes; at least the length. */
  get capacity(): number {
    return this.#capacity;
  }

  get length(): number {
    return this.#length;
  }

  append(bytes: Uint8Array): void {
    this.write(bytes, this.#length);
  }

  write(bytes: Uint8Array, position: number): void {
    if (position > this.#length) this.#fillZeros(position);
    const end = position + bytes.byteLength;
    this.#reserve(end);
    let done = 0;
    for (let index = this.#chunkAt(position); done < bytes.byteLength; index++) {
      const chunk = this.#chunks[index]!;
      const offset = position + done - this.#starts[index]!;
      const count = Math.min(chunk.length - offset, bytes.byteLength - done);
      chunk.set(count === bytes.byteLength ? bytes : bytes.subarray(done, done + count), offset);
      done += count;
    }
    this.#length = Math.max(this.#length, end);
  }

  /** Fills `target` from `position`; returns how many bytes there were. */
  read(target: Uint8Array, position: number): number {
    const wanted = Math.min(target.byteLength, Math.max(0, this.#length - position));
    let done = 0;
    for (let index = this.#chunkAt(position); done < wanted; index++) {
      const chunk = this.#chunks[index]!;
      const offset = position + done - this.#starts[index]!;
      const count = Math.min(chunk.length - offset, wanted - done);
      target.set(chunk.subarray(offset, offset + count), done);
      done += count;
    }
    return done;
  }

  /** Shorter drops the end and frees its chunks; longer adds zeros. */
  truncate(length: number): void {
    if (length > this.#length) return this.#fillZeros(length);
    while (this.#chunks.length > 0 && this.#starts.at(-1)! >= length) {
      this.#starts.pop();
      this.#capacity -= this.#chunks.pop()!.length;
    }
    this.#length = length;
  }

  toBuffer(): Buffer {
    const whole = Buffer.allocUnsafe(this.#length);
    this.read(whole, 0);
    return whole;
  }

  #fillZeros(end: number): void {
    const from = this.#length;
    this.#reserve(end);
    for (let index = this.#chunkAt(from); index < this.#chunks.length; index++) {
      this.#chunks[index]!.fill(0, Math.max(0, from - this.#starts[index]!));
    }
    this.#length = end;
  }

  #reserve(end: number): void {
    while (this.#capacity < end) {
      const size = Math.min(LARGEST_CHUNK_BYTES, Math.max(FIRST_CHUNK_BYTES, this.#capacity, roundUp(end - this.#capacity)));
      this.#onGrow(size);
      this.#chunks.push(Buffer.allocUnsafeSlow(size));
      this.#starts.push(this.#capacity);
      this.#capacity += size;
    }
  }

  /** The chunk that holds `position`. */
  #chunkAt(position: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#starts[middle]! <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function roundUp(byteCount: number): number {
  return Math.ceil(byteCount / FIRST_CHUNK_BYTES) * FIRST_CHUNK_BYTES;
}
