import { ValueProblem } from "../serde/format-engine.ts";

const START_BYTES = 4096;
/** A record of more than this is none that a broker takes; it would be a mistake in a loop. */
const MAX_BYTES = 256 << 20;
/** Larger ones are given back to the collector after use. */
const KEPT_BYTES = 1 << 20;
/** Up to so many characters a loop is faster than calls out of JavaScript. */
const LOOP_MAX = 24;

/** Where Avro is written: one growing buffer, used again for each value. */
export class AvroOutput {
  bytes: Buffer = Buffer.allocUnsafeSlow(START_BYTES);
  at = 0;
  /** How many records stand inside each other. */
  depth = 0;
  readonly #scratch = new DataView(new ArrayBuffer(8));

  /** Begins anew, behind `before` free bytes. */
  begin(before: number): void {
    this.at = before;
    this.depth = 0;
  }

  /** What was written, as bytes of their own. */
  take(): Buffer {
    const taken = Buffer.allocUnsafe(this.at);
    this.bytes.copy(taken, 0, 0, this.at);
    if (this.bytes.length > KEPT_BYTES) this.bytes = Buffer.allocUnsafeSlow(START_BYTES);
    return taken;
  }

  ensure(more: number): void {
    const needed = this.at + more;
    if (needed <= this.bytes.length) return;
    if (needed > MAX_BYTES) throw new ValueProblem("", `it takes more than ${MAX_BYTES} bytes`);
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(grown, 0, 0, this.at);
    this.bytes = grown;
  }

  byte(value: number): void {
    this.ensure(1);
    this.bytes[this.at++] = value;
  }

  /** A whole number of 32 bits, as int and long have it. */
  int(value: number): void {
    this.ensure(5);
    const { bytes } = this;
    let left = ((value << 1) ^ (value >> 31)) >>> 0;
    while (left > 0x7f) {
      bytes[this.at++] = (left & 0x7f) | 0x80;
      left >>>= 7;
    }
    bytes[this.at++] = left;
  }

  /** A safe integer. */
  long(value: number): void {
    if ((value | 0) === value) this.int(value);
    else this.#halves(Math.floor(value / 0x1_0000_0000), value >>> 0);
  }

  /** A bigint of 64 bits. */
  bigLong(value: bigint): void {
    const scratch = this.#scratch;
    scratch.setBigInt64(0, value);
    this.#halves(scratch.getInt32(0), scratch.getUint32(4));
  }

  #halves(high: number, low: number): void {
    this.ensure(10);
    const { bytes } = this;
    const sign = high >> 31;
    let upper = (((high << 1) | (low >>> 31)) ^ sign) >>> 0;
    let lower = ((low << 1) ^ sign) >>> 0;
    while (upper !== 0 || lower > 0x7f) {
      bytes[this.at++] = (lower & 0x7f) | 0x80;
      lower = ((lower >>> 7) | (upper << 25)) >>> 0;
      upper >>>= 7;
    }
    bytes[this.at++] = lower;
  }

  float(value: number): void {
    this.ensure(4);
    this.at = this.bytes.writeFloatLE(value, this.at);
  }

  double(value: number): void {
    this.ensure(8);
    this.at = this.bytes.writeDoubleLE(value, this.at);
  }

  /** The bytes alone. */
  raw(value: Uint8Array): void {
    this.ensure(value.length);
    this.bytes.set(value, this.at);
    this.at += value.length;
  }

  /** Length and bytes. */
  sized(value: Uint8Array): void {
    this.int(value.length);
    this.raw(value);
  }

  text(value: string): void {
    const { length } = value;
    if (length <= LOOP_MAX && this.#ascii(value, length)) return;
    const size = Buffer.byteLength(value);
    if (size !== length && !value.isWellFormed()) throw new ValueProblem("", "the text has half a character (a lone surrogate)");
    this.int(size);
    this.ensure(size);
    this.at += this.bytes.write(value, this.at, size, "utf8");
  }

  #ascii(value: string, length: number): boolean {
    this.ensure(length + 1);
    const { at, bytes } = this;
    bytes[at] = length << 1;
    for (let index = 0; index < length; index++) {
      const code = value.charCodeAt(index);
      if (code > 0x7f) return false;
      bytes[at + 1 + index] = code;
    }
    this.at = at + 1 + length;
    return true;
  }
}
