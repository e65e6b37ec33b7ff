import { textOf } from "./json-text.ts";

const START_BYTES = 4096;
const KEPT_BYTES = 1 << 20;
/** Shorter texts are written byte by byte, which is faster than asking Node for it. */
const LOOP_MAX = 48;
const BILLION = 1e9;

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Where JSON is written: one growing buffer, used again for each record. */
export class JsonOutput {
  #bytes: Buffer = Buffer.allocUnsafeSlow(START_BYTES);
  #at = 0;

  begin(): void {
    this.#at = 0;
  }

  /** What was written; it belongs to the caller. */
  take(): Buffer {
    const taken = Buffer.allocUnsafe(this.#at);
    this.#bytes.copy(taken, 0, 0, this.#at);
    if (this.#bytes.length > KEPT_BYTES) this.#bytes = Buffer.allocUnsafeSlow(START_BYTES);
    return taken;
  }

  takeText(): string {
    return this.#bytes.toString("utf8", 0, this.#at);
  }

  /** Bytes of JSON, made before. */
  raw(bytes: Uint8Array): void {
    const { length } = bytes;
    this.#ensure(length);
    if (length > LOOP_MAX) this.#bytes.set(bytes, this.#at);
    else {
      const into = this.#bytes;
      const at = this.#at;
      for (let index = 0; index < length; index++) into[at + index] = bytes[index]!;
    }
    this.#at += length;
  }

  /** JSON of characters below 128. */
  ascii(text: string): void {
    const { length } = text;
    this.#ensure(length);
    if (length > LOOP_MAX) this.#bytes.write(text, this.#at, length, "latin1");
    else {
      const into = this.#bytes;
      const at = this.#at;
      for (let index = 0; index < length; index++) into[at + index] = text.charCodeAt(index);
    }
    this.#at += length;
  }

  /** JSON of any characters. */
  utf8(text: string): void {
    const most = text.length * 3;
    this.#ensure(most);
    this.#at += this.#bytes.write(text, this.#at, most, "utf8");
  }

  /** A text in quotes. */
  text(value: string): void {
    const { length } = value;
    if (length > LOOP_MAX) {
      this.utf8(textOf(value));
      return;
    }
    this.#ensure(length + 2);
    const into = this.#bytes;
    const at = this.#at;
    into[at] = 0x22;
    for (let index = 0; index < length; index++) {
      const code = value.charCodeAt(index);
      if (code < 0x20 || code > 0x7e || code === 0x22 || code === 0x5c) {
        this.utf8(textOf(value));
        return;
      }
      into[at + 1 + index] = code;
    }
    into[at + length + 1] = 0x22;
    this.#at = at + length + 2;
  }

  /** A whole number that JavaScript's numbers keep. */
  int(value: number): void {
    this.#ensure(17);
    let left = value;
    if (left < 0) {
      this.#bytes[this.#at++] = 0x2d;
      left = -left;
    }
    if (left < BILLION) {
      this.#digits(left, countDigits(left));
      return;
    }
    const high = Math.floor(left / BILLION);
    this.#digits(high, countDigits(high));
    this.#digits(left - high * BILLION, 9);
  }

  /** Base64 in quotes of a whole number of 32 bits as Java's `BigInteger` has it in bytes: no more than it needs, the highest first. */
  shortBase64(value: number): void {
    this.#ensure(10);
    const size =
      value >= -0x80 && value < 0x80 ? 1 : value >= -0x8000 && value < 0x8000 ? 2 : value >= -0x800000 && value < 0x800000 ? 3 : 4;
    const into = this.#bytes;
    into[this.#at++] = 0x22;
    for (let first = 0; first < size; first += 3) {
      const count = Math.min(3, size - first);
      let group = 0;
      for (let index = 0; index < 3; index++)
        group = (group << 8) | (index < count ? (value >> (8 * (size - 1 - first - index))) & 0xff : 0);
      for (let index = 0; index < 4; index++)
        into[this.#at++] = index <= count ? BASE64.charCodeAt((group >> (18 - 6 * index)) & 63) : 0x3d;
    }
    into[this.#at++] = 0x22;
  }

  #digits(value: number, count: number): void {
    const into = this.#bytes;
    let left = value;
    for (let at = this.#at + count - 1; at >= this.#at; at--) {
      const next = (left / 10) | 0;
      into[at] = 0x30 + left - next * 10;
      left = next;
    }
    this.#at += count;
  }

  #ensure(more: number): void {
    const needed = this.#at + more;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(grown, 0, 0, this.#at);
    this.#bytes = grown;
  }
}

function countDigits(value: number): number {
  let count = 1;
  for (let bound = 10; value >= bound && count < 9; bound *= 10) count++;
  return count;
}
