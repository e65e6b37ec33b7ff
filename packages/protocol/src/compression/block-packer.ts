import type { Packer } from "./codec.ts";

/** Packs by script or by native code at once, block by block, each piece for itself. */
export class BlockPacker implements Packer {
  readonly #parts: Buffer[];
  readonly #blockBytes: number;
  readonly #pack: (block: Buffer) => readonly Buffer[];
  readonly #end: Buffer;
  packedBytes: number;

  constructor(start: Buffer, blockBytes: number, pack: (block: Buffer) => readonly Buffer[], end: Buffer) {
    this.#parts = [start];
    this.packedBytes = start.length;
    this.#blockBytes = blockBytes;
    this.#pack = pack;
    this.#end = end;
  }

  add(piece: Buffer): void {
    for (let at = 0; at < piece.length; at += this.#blockBytes) {
      for (const part of this.#pack(piece.subarray(at, at + this.#blockBytes))) {
        this.#parts.push(part);
        this.packedBytes += part.length;
      }
    }
  }

  /** All that was packed, at once, behind `room` bytes. */
  joined(room = 0): Buffer {
    const parts = [...this.#parts, this.#end];
    return room === 0 ? Buffer.concat(parts) : Buffer.concat([Buffer.allocUnsafe(room), ...parts]);
  }

  finish(): Promise<Buffer> {
    return Promise.resolve(this.joined());
  }

  abandon(): void {
    this.#parts.length = 0;
  }
}
