import { MalformedBytesError } from "@ottla/base";

/** PostgreSQL counts microseconds from 2000-01-01; this is that day in microseconds since 1970. */
export const POSTGRES_EPOCH_US = 946_684_800_000_000n;

/** A cursor over one message of PostgreSQL's protocol: big-endian, texts end in a zero byte. The only error is `MalformedBytesError`. */
export class PgBytes {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get at(): number {
    return this.#at;
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  uint8(): number {
    return this.#bytes[this.#take(1)]!;
  }

  int16(): number {
    return this.#bytes.readInt16BE(this.#take(2));
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#take(4));
  }

  uint32(): number {
    return this.#bytes.readUInt32BE(this.#take(4));
  }

  uint64(): bigint {
    return this.#bytes.readBigUInt64BE(this.#take(8));
  }

  int64(): bigint {
    return this.#bytes.readBigInt64BE(this.#take(8));
  }

  /** PostgreSQL's time as microseconds since 1970. */
  timeUs(): bigint {
    return this.int64() + POSTGRES_EPOCH_US;
  }

  /** A text that ends in a zero byte. */
  text(): string {
    const end = this.#bytes.indexOf(0, this.#at);
    if (end < 0) throw new MalformedBytesError(`A text at byte ${this.#at} of a message from PostgreSQL has no end.`);
    const text = this.#bytes.toString("utf8", this.#at, end);
    this.#at = end + 1;
    return text;
  }

  /** `length` bytes as text. */
  textOf(length: number): string {
    const at = this.#take(length);
    return this.#bytes.toString("utf8", at, at + length);
  }

  /** `length` bytes; a view. */
  view(length: number): Buffer {
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  #take(length: number): number {
    const at = this.#at;
    if (length < 0 || at + length > this.#bytes.length)
      throw new MalformedBytesError(
        `A message from PostgreSQL of ${this.#bytes.length} bytes ends where ${length} more were to come at byte ${at}.`,
      );
    this.#at = at + length;
    return at;
  }
}
