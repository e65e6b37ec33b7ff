/** Pieces of bytes one behind the other, until they are taken. */
export class HeldPieces {
  #pieces: Uint8Array[] = [];
  #byteLength = 0;

  get byteLength(): number {
    return this.#byteLength;
  }

  get count(): number {
    return this.#pieces.length;
  }

  add(...pieces: readonly Uint8Array[]): void {
    this.#pieces.push(...pieces);
    for (const { length } of pieces) this.#byteLength += length;
  }

  /** Gives them out and holds none any more. */
  take(): readonly Uint8Array[] {
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#byteLength = 0;
    return pieces;
  }

  /** The same as one. */
  takeJoined(): Buffer {
    return Buffer.concat(this.take());
  }
}
