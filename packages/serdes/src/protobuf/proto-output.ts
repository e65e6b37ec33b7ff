import { irregular } from "./irregular.ts";

const START_BYTES = 4096;
const MAX_BYTES = 64 << 20;
const KEPT_BYTES = 1 << 20;
const LOOP_MAX = 24;

/** Where messages are written: one growing buffer, used again for each value. */
export class ProtoOutput {
  bytes: Buffer = Buffer.allocUnsafeSlow(START_BYTES);
  at = 0;
  depth = 0;
  readonly #scratch = new DataView(new ArrayBuffer(8));

  begin(): void {
    this.at = 0;
    this.depth = 0;
  }

  /** What was written, behind `before` free bytes. */
  take(before: number): Buffer {
    const taken = Buffer.allocUnsafe(before + this.at);
    this.bytes.copy(taken, before, 0, this.at);
    if (this.bytes.length > KEPT_BYTES) this.bytes = Buffer.allocUnsafeSlow(START_BYTES);
    return taken;
  }

  ensure(more: number): void {
    const needed = this.at + more;
    if (needed <= this.bytes.length) return;
    if (needed > MAX_BYTES) throw irregular;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(grown, 0, 0, this.at);
    this.bytes = grown;
  }

  /** An unsigned number of 32 bits. */
  varint(value: number): void {
    this.ensure(5);
    const { bytes } = this;
    let left = value >>> 0;
    while (left > 0x7f) {
      bytes[this.at++] = (left & 0x7f) | 0x80;
      left >>>= 7;
    }
    bytes[this.at++] = left;
  }

  /** An int32: a negative one has ten bytes. */
  int32(value: number): void {
    if (value >= 0) this.varint(value);
    else this.#halves(-1, value);
  }

  varint64(value: bigint): void {
    this.#scratch.setBigInt64(0, value);
    this.#halves(this.#scratch.getInt32(0), this.#scratch.getInt32(4));
  }

  zigzag64(value: bigint): void {
    this.#scratch.setBigInt64(0, value);
    const [high, low] = [this.#scratch.getInt32(0), this.#scratch.getInt32(4)];
    const sign = high >> 31;
    this.#halves(((high << 1) | (low >>> 31)) ^ sign, (low << 1) ^ sign);
  }

  #halves(high: number, low: number): void {
    this.ensure(10);
    const { bytes } = this;
    let [upper, lower] = [high >>> 0, low >>> 0];
    while (upper !== 0 || lower > 0x7f) {
      bytes[this.at++] = (lower & 0x7f) | 0x80;
      lower = ((lower >>> 7) | (upper << 25)) >>> 0;
      upper >>>= 7;
    }
    bytes[this.at++] = lower;
  }

  fixed32(value: number): void {
    this.ensure(4);
    this.at = this.bytes.writeInt32LE(value | 0, this.at);
  }

  fixed64(value: bigint): void {
    this.ensure(8);
    this.at = this.bytes.writeBigInt64LE(BigInt.asIntN(64, value), this.at);
  }

  float(value: number): void {
    this.ensure(4);
    this.at = this.bytes.writeFloatLE(value, this.at);
  }

  double(value: number): void {
    this.ensure(8);
    this.at = this.bytes.writeDoubleLE(value, this.at);
  }

  sized(value: Uint8Array): void {
    this.varint(value.length);
    this.ensure(value.length);
    this.bytes.set(value, this.at);
    this.at += value.length;
  }

  text(value: string): void {
    const { length } = value;
    if (length <= LOOP_MAX && this.#ascii(value, length)) return;
    const size = Buffer.byteLength(value);
    if (size !== length && !value.isWellFormed()) throw irregular;
    this.varint(size);
    this.ensure(size);
    this.at += this.bytes.write(value, this.at, size, "utf8");
  }

  #ascii(value: string, length: number): boolean {
    this.ensure(length + 1);
    const { at, bytes } = this;
    bytes[at] = length;
    for (let index = 0; index < length; index++) {
      const code = value.charCodeAt(index);
      if (code > 0x7f) return false;
      bytes[at + 1 + index] = code;
    }
    this.at = at + 1 + length;
    return true;
  }

  /** Puts the length of what is written after `start` before it; one byte was left for it. */
  close(start: number): void {
    const size = this.at - start - 1;
    if (size <= 0x7f) {
      this.bytes[start] = size;
      return;
    }
    const more = size < 1 << 14 ? 1 : size < 1 << 21 ? 2 : size < 1 << 28 ? 3 : 4;
    this.ensure(more);
    this.bytes.copyWithin(start + 1 + more, start + 1, this.at);
    const end = this.at + more;
    this.at = start;
    this.varint(size);
    this.at = end;
  }
}
