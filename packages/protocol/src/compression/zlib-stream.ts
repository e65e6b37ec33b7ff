import type { Transform } from "node:stream";
import type { Packer } from "./codec.ts";

/** What a decompressor of zlib gives for `input`, piece by piece as its threads have them. Rejects with its errors. */
export async function* piecesFrom(engine: Transform, input: Buffer): AsyncGenerator<Buffer, void, undefined> {
  engine.end(input);
  yield* engine as AsyncIterable<Buffer>;
}

/** The outcome of one of zlib's functions that work in threads of their own. */
export function promised(start: (done: (error: Error | null, result: Buffer) => void) => void): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    start((error, result) => (error ? reject(error) : resolve(result)));
  });
}

/** A compressor of zlib, which works in threads of its own. */
export class ZlibPacker implements Packer {
  readonly #engine: Transform;
  readonly #parts: Buffer[] = [];
  readonly #ended: Promise<void>;
  packedBytes = 0;

  constructor(engine: Transform) {
    this.#engine = engine;
    engine.on("data", (part: Buffer) => {
      this.#parts.push(part);
      this.packedBytes += part.length;
    });
    this.#ended = new Promise((resolve, reject) => {
      engine.once("end", resolve);
      engine.once("error", reject);
      engine.once("close", resolve);
    });
    this.#ended.catch(() => {});
  }

  add(piece: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#engine.write(piece, (error) => (error ? reject(error) : resolve()));
    });
  }

  async finish(): Promise<Buffer> {
    this.#engine.end();
    await this.#ended;
    return Buffer.concat(this.#parts);
  }

  abandon(): void {
    this.#engine.destroy();
  }
}
