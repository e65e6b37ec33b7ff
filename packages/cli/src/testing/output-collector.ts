import { Writable } from "node:stream";

/** A stream that keeps what is written to it. */
export class OutputCollector extends Writable {
  readonly #pieces: Buffer[] = [];
  readonly #onWrite: ((text: string) => void) | undefined;

  constructor(onWrite?: (text: string) => void) {
    super();
    this.#onWrite = onWrite;
  }

  override _write(piece: Buffer, _encoding: string, done: () => void): void {
    this.#pieces.push(piece);
    this.#onWrite?.(piece.toString());
    done();
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#pieces);
  }

  get text(): string {
    return this.bytes.toString();
  }
}
