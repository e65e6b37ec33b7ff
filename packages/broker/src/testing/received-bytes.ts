/** Bytes that come in pieces. They are joined when a whole frame is there or all are looked at: joined with each piece they would cost their square. */
export class ReceivedBytes {
  #pieces: Buffer[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#length += piece.length;
  }

  all(): Buffer {
    if (this.#pieces.length !== 1) this.#pieces = [Buffer.concat(this.#pieces)];
    return this.#pieces[0]!;
  }

  /** The next frame without its length, once it is whole. */
  takeFrame(): Buffer | undefined {
    if (this.#length < 4) return undefined;
    const first = this.#pieces[0]!.length < 4 ? this.all() : this.#pieces[0]!;
    const end = 4 + first.readInt32BE(0);
    if (this.#length < end) return undefined;
    const bytes = first.length < end ? this.all() : first;
    this.#pieces[0] = bytes.subarray(end);
    this.#length -= end;
    return bytes.subarray(4, end);
  }
}
