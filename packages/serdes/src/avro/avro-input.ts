import { isUtf8 } from "node:buffer";
import { ValueProblem } from "../serde/format-engine.ts";

const LOOP_MAX = 12;
const TWO_32 = 0x1_0000_0000;

/** Where Avro is read. Everything that is read is checked against what is there. */
export class AvroInput {
  bytes: Buffer;
  at: number;
  depth = 0;
  /** How many elements that take no bytes may still come. */
  emptyLeft = 1_000_000;
  readonly #scratch = new DataView(new ArrayBuffer(8));
  /** The upper half of what `#long` read; the lower is what it gives. */
  #high = 0;

  constructor(bytes: Buffer, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  /** Begins anew. */
  begin(bytes: Buffer, at: number): void {
    this.bytes = bytes;
    this.at = at;
    this.depth = 0;
    this.emptyLeft = 1_000_000;
  }

  get remaining(): number {
    return this.bytes.length - this.at;
  }

  boolean(): boolean {
    const byte = this.byte();
    if (byte > 1) throw new ValueProblem("", `the byte ${byte} is no boolean`);
    return byte === 1;
  }

  byte(): number {
    if (this.at >= this.bytes.length) throw this.#short(1);
    return this.bytes[this.at++]!;
  }

  /** An int of 32 bits. */
  int(): number {
    const { bytes } = this;
    const first = bytes[this.at];
    if (first !== undefined && first < 0x80) {
      this.at++;
      return (first >>> 1) ^ -(first & 1);
    }
    const low = this.#long();
    if (this.#high !== low >> 31) throw new ValueProblem("", "a number is beyond the 32 bits of an int");
    return low;
  }

  /** A long that a number holds exactly. */
  long(): number {
    const first = this.bytes[this.at];
    if (first !== undefined && first < 0x80) {
      this.at++;
      return (first >>> 1) ^ -(first & 1);
    }
    const low = this.#long();
    const value = this.#high * TWO_32 + (low >>> 0);
    if (!Number.isSafeInteger(value))
      throw new ValueProblem("", 'a long is beyond 2^53, which no number holds exactly; int64: "bigint" reads it');
    return value;
  }

  bigLong(): bigint {
    const first = this.bytes[this.at];
    if (first !== undefined && first < 0x80) {
      this.at++;
      return BigInt((first >>> 1) ^ -(first & 1));
    }
    const low = this.#long();
    const high = this.#high;
    if (high >= -0x20_0000 && high < 0x20_0000) return BigInt(high * TWO_32 + (low >>> 0));
    this.#scratch.setInt32(0, high);
    this.#scratch.setInt32(4, low);
    return this.#scratch.getBigInt64(0);
  }

  /** Sets `#high` and gives the lower 32 bits. */
  #long(): number {
    const { bytes } = this;
    let [lower, upper, shift] = [0, 0, 0];
    for (;;) {
      const byte = bytes[this.at];
      if (byte === undefined) throw this.#short(1);
      this.at++;
      const bits = byte & 0x7f;
      if (shift < 28) lower |= bits << shift;
      else if (shift === 28) {
        lower |= bits << 28;
        upper = bits >>> 4;
      } else upper |= bits << (shift - 32);
      if (byte < 0x80) {
        if (shift === 63 && bits > 1) throw new ValueProblem("", "a number is beyond the 64 bits of a long");
        break;
      }
      shift += 7;
      if (shift > 63) throw new ValueProblem("", "a number does not end within the ten bytes of a long");
    }
    const sign = -(lower & 1);
    this.#high = ((upper >>> 1) ^ sign) | 0;
    return ((lower >>> 1) | (upper << 31)) ^ sign;
  }

  float(): number {
    this.#need(4);
    const value = this.bytes.readFloatLE(this.at);
    this.at += 4;
    return value;
  }

  double(): number {
    this.#need(8);
    const value = this.bytes.readDoubleLE(this.at);
    this.at += 8;
    return value;
  }

  /** How many bytes come; they are there. */
  size(): number {
    const size = this.long();
    if (size < 0) throw new ValueProblem("", `a length is ${size}`);
    this.#need(size);
    return size;
  }

  text(): string {
    const size = this.size();
    const { at, bytes } = this;
    this.at = at + size;
    if (size <= LOOP_MAX) {
      let text = "";
      let index = at;
      for (; index < this.at; index++) {
        const byte = bytes[index]!;
        if (byte > 0x7f) break;
        text += String.fromCharCode(byte);
      }
      if (index === this.at) return text;
    }
    const text = bytes.toString("utf8", at, this.at);
    // Node puts U+FFFD where bytes are no UTF-8; it may also have been meant.
    if (text.includes("\ufffd") && !isUtf8(bytes.subarray(at, this.at))) throw new ValueProblem("", `a text of ${size} bytes is no UTF-8`);
    return text;
  }

  /** A copy: what is read belongs to a fetched answer. */
  copy(size: number): Buffer {
    this.#need(size);
    const copied = Buffer.allocUnsafe(size);
    this.bytes.copy(copied, 0, this.at, this.at + size);
    this.at += size;
    return copied;
  }

  skip(size: number): void {
    this.#need(size);
    this.at += size;
  }

  /** How many elements the next block of an array or map has; 0 at the end. */
  block(elementBytes: number): number {
    let count = this.long();
    if (count === 0) return 0;
    if (count < 0) {
      count = -count;
      this.size();
    }
    if (elementBytes > 0) {
      if (count > this.remaining / elementBytes)
        throw new ValueProblem("", `a block says that it has ${count} elements, for which ${this.remaining} bytes are too few`);
    } else if ((this.emptyLeft -= count) < 0) throw new ValueProblem("", "more than 1,000,000 elements take no bytes");
    return count;
  }

  /** A union has no such branch. */
  noBranch(index: number, count: number): never {
    throw new ValueProblem("", `the branch ${index} of a union comes, and there are ${count}`);
  }

  /** An enum has no such symbol, or the reader does not know it. */
  noSymbol(index: number, symbol: string | undefined): never {
    const problem =
      symbol === undefined
        ? `the symbol ${index} of an enum comes, and it has fewer`
        : `the enum's symbol ${symbol} is none of the reader's, whose enum has no default`;
    throw new ValueProblem("", problem);
  }

  #need(size: number): void {
    if (size > this.bytes.length - this.at) throw this.#short(size);
  }

  #short(size: number): ValueProblem {
    return new ValueProblem("", `it ends too early: ${size} more bytes should come, ${this.remaining} are there`);
  }
}
