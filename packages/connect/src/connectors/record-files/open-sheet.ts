import type { FileEnd, FileMaking } from "./file-store.ts";
import type { FileWriter } from "./format/object-format.ts";

/** One file of those that a place's records become: bytes leave in parts while it grows, the file is made when it is closed. */
export class OpenSheet {
  readonly writer: FileWriter;
  readonly #making: FileMaking;
  readonly #partBytes: number;
  #pieces: Uint8Array[] = [];
  #pieceBytes = 0;
  #rest: Buffer | undefined;
  #parts = 0;

  constructor(writer: FileWriter, making: FileMaking, partBytes: number) {
    this.writer = writer;
    this.#making = making;
    this.#partBytes = partBytes;
  }

  get heldBytes(): number {
    return this.#pieceBytes + this.writer.heldBytes;
  }

  /** Parts that were sent. */
  get parts(): number {
    return this.#parts;
  }

  /** Sends the parts that are whole. Parts are cut at the same bytes each time. */
  async send(): Promise<void> {
    this.#gather(await this.writer.take());
    while (this.#pieceBytes >= this.#partBytes) {
      const whole = Buffer.concat(this.#pieces, this.#pieceBytes);
      this.#pieces = [whole];
      await this.#making.part(whole.subarray(0, this.#partBytes));
      this.#parts++;
      this.#pieces = [whole.subarray(this.#partBytes)];
      this.#pieceBytes = whole.length - this.#partBytes;
    }
  }

  /** Makes the file; may be called again after it failed. */
  async close(end: FileEnd): Promise<void> {
    if (this.#rest === undefined) {
      await this.send();
      this.#gather(await this.writer.end());
      this.#rest = Buffer.concat(this.#pieces, this.#pieceBytes);
      this.#pieces = [];
      this.#pieceBytes = 0;
    }
    await this.#making.complete(this.#rest, end);
  }

  abort(): Promise<void> {
    return this.#making.abort();
  }

  #gather(pieces: readonly Uint8Array[]): void {
    for (const piece of pieces) {
      this.#pieces.push(piece);
      this.#pieceBytes += piece.length;
    }
  }
}
