import { Transform, type TransformCallback } from "node:stream";

/** What an answer to a message that was left out needs: its id, where the message tells it first or last. */
export type MessageId = number | string | undefined;

const NEWLINE = 0x0a;
/** How much of each end of a message is looked at for its id. */
const END_BYTES = 512;
const ID = String.raw`"id"\s*:\s*(-?\d{1,15}|"[^"\\]{1,200}")`;
const FIRST = new RegExp(String.raw`^\s*\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?${ID}`);
const LAST = new RegExp(String.raw`${ID}\s*(?:,\s*"jsonrpc"\s*:\s*"2\.0"\s*)?\}\s*$`);

/**
 * Hands on messages, one a line, whole; one that is larger than the bound is left out and told of, and those behind it are handed on as ever. At most one message is held.
 */
export class BoundedMessages extends Transform {
  readonly #bytesMax: number;
  readonly #leftOut: (id: MessageId) => void;
  #held: Buffer[] = [];
  #heldBytes = 0;
  /** The beginning and the end of a message that is left out. */
  #skipped: { readonly head: string; tail: Buffer } | undefined;

  constructor(bytesMax: number, leftOut: (id: MessageId) => void) {
    super();
    this.#bytesMax = bytesMax;
    this.#leftOut = leftOut;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.#take(chunk.subarray(start, end + 1));
      this.#endMessage();
      start = end + 1;
    }
    if (start < chunk.length) this.#take(chunk.subarray(start));
    done();
  }

  override _flush(done: TransformCallback): void {
    this.#endMessage();
    done();
  }

  #take(part: Buffer): void {
    if (this.#skipped === undefined) {
      this.#held.push(part);
      this.#heldBytes += part.length;
      if (this.#heldBytes <= this.#bytesMax) return;
      const whole = Buffer.concat(this.#held);
      this.#skipped = { head: whole.toString("latin1", 0, END_BYTES), tail: Buffer.from(whole.subarray(-END_BYTES)) };
      this.#held = [];
      this.#heldBytes = 0;
      return;
    }
    this.#skipped.tail = Buffer.concat([this.#skipped.tail, part.subarray(-END_BYTES)]).subarray(-END_BYTES);
  }

  #endMessage(): void {
    const skipped = this.#skipped;
    if (skipped !== undefined) {
      this.#skipped = undefined;
      const id = (FIRST.exec(skipped.head) ?? LAST.exec(skipped.tail.toString("latin1")))?.[1];
      this.#leftOut(id === undefined ? undefined : (JSON.parse(id) as number | string));
      return;
    }
    for (const part of this.#held) this.push(part);
    this.#held = [];
    this.#heldBytes = 0;
  }
}
