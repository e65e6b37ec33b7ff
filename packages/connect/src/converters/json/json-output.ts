import { doubleText } from "../../data/java-number.ts";
import { isPlain, textOf } from "./json-text.ts";

/** Records stand behind each other in a page, which lives as long as one of them does. */
const PAGE_BYTES = 32 << 10;
/** So much of a page is worth another record's beginning. */
const WORTH_BYTES = 512;
/** Shorter texts are written byte by byte, which is faster than asking Node for it. */
const LOOP_MAX = 48;
/** Longer texts are measured first: room for three bytes a character would be too much. */
const LONG = 64 << 10;
const BILLION = 1e9;
const MILLION = 1e6;
const WORD = 2 ** 32;
/** A high word within these bounds makes a number that JavaScript's numbers keep. */
const SAFE_HIGH = 2 ** 21;

const BASE64 = Buffer.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

const parts = new DataView(new ArrayBuffer(8));

/** Where JSON is written: page after page, one record behind the other. */
export class JsonOutput {
  // What is public is for code that is made for a schema, which writes what it knows beforehand itself (struct-code.ts).
  bytes: Buffer = Buffer.allocUnsafeSlow(PAGE_BYTES);
  view = viewOf(this.bytes);
  at = 0;
  /** `bytes.length`. */
  end = PAGE_BYTES;
  #start = 0;

  begin(): void {
    this.at = this.#start;
    if (this.end - this.#start < WORTH_BYTES) this.#turn(PAGE_BYTES);
  }

  /** What was written; it belongs to the caller. */
  take(): Buffer {
    const taken = this.bytes.subarray(this.#start, this.at);
    if (this.end <= PAGE_BYTES) {
      this.#start = this.at;
      return taken;
    }
    // A page that grew has room for more than its one record.
    const copy = Buffer.from(taken);
    this.#start = this.at;
    this.#turn(PAGE_BYTES);
    return copy;
  }

  /** What {@link JsonOutput.take} gave last is read by nobody any more: the next record stands in its place. Of others nothing comes. */
  giveBack(taken: Uint8Array): void {
    if (taken.buffer === this.bytes.buffer && taken.byteOffset - this.bytes.byteOffset + taken.length === this.#start)
      this.#start -= taken.length;
  }

  takeText(): string {
    const text = this.bytes.toString("utf8", this.#start, this.at);
    this.at = this.#start;
    if (this.end > PAGE_BYTES) this.#turn(PAGE_BYTES);
    return text;
  }

  /** Room for so many bytes more. */
  grow(more: number): void {
    const written = this.at - this.#start;
    this.#turn(Math.max(PAGE_BYTES, written + more, this.end > PAGE_BYTES || this.#start === 0 ? this.end * 2 : 0));
  }

  /** Bytes of JSON, made before. */
  raw(bytes: Uint8Array): void {
    const { length } = bytes;
    if (this.at + length > this.end) this.grow(length);
    if (length > LOOP_MAX) this.bytes.set(bytes, this.at);
    else {
      const into = this.bytes;
      const at = this.at;
      for (let index = 0; index < length; index++) into[at + index] = bytes[index]!;
    }
    this.at += length;
  }

  /** JSON of characters below 128. */
  ascii(text: string): void {
    const { length } = text;
    if (this.at + length > this.end) this.grow(length);
    if (length > LOOP_MAX) this.bytes.write(text, this.at, length, "latin1");
    else {
      const into = this.bytes;
      const at = this.at;
      for (let index = 0; index < length; index++) into[at + index] = text.charCodeAt(index);
    }
    this.at += length;
  }

  /** A text in quotes. */
  text(value: string): void {
    const { length } = value;
    if (length > LOOP_MAX) {
      this.#anyText(value);
      return;
    }
    const most = length * 2 + 2;
    if (this.at + most > this.end) this.grow(most);
    const into = this.bytes;
    let at = this.at;
    into[at++] = 0x22;
    for (let index = 0; index < length; index++) {
      const code = value.charCodeAt(index);
      if (code < 0x20 || code > 0x7e) {
        this.#anyText(value);
        return;
      }
      if (code === 0x22 || code === 0x5c) into[at++] = 0x5c;
      into[at++] = code;
    }
    into[at++] = 0x22;
    this.at = at;
  }

  /** A whole number that JavaScript's numbers keep. */
  int(value: number): void {
    if (this.at + 17 > this.end) this.grow(17);
    let left = value;
    if (left < 0) {
      this.bytes[this.at++] = 0x2d;
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

  /** A whole number of any size; those of 64 bits make no garbage. */
  bigint(value: bigint): void {
    if (BigInt.asIntN(64, value) !== value) {
      this.ascii(value.toString());
      return;
    }
    parts.setBigInt64(0, value, true);
    const low = parts.getUint32(0, true);
    const high = parts.getInt32(4, true);
    if (high < SAFE_HIGH && high >= -SAFE_HIGH) this.int(high * WORD + low);
    else this.#long(value);
  }

  /** A double as Java writes it. */
  double(value: number): void {
    const size = Math.abs(value);
    if (size >= 1e-3 && size < 1e7) {
      // Digits of at most 13 places that are this number are the fewest that are.
      const millionths = Math.round(size * MILLION);
      if (millionths / MILLION === size) {
        this.#fraction(value < 0, millionths);
        return;
      }
      this.ascii(String(value));
      return;
    }
    this.ascii(doubleText(value));
  }

  /** Base64 in quotes of a whole number of 32 bits as Java's `BigInteger` has it in bytes: no more than it needs, the highest first. */
  shortBase64(value: number): void {
    if (this.at + 10 > this.end) this.grow(10);
    const size =
      value >= -0x80 && value < 0x80 ? 1 : value >= -0x8000 && value < 0x8000 ? 2 : value >= -0x800000 && value < 0x800000 ? 3 : 4;
    const into = this.bytes;
    into[this.at++] = 0x22;
    for (let first = 0; first < size; first += 3) {
      const count = Math.min(3, size - first);
      let group = 0;
      for (let index = 0; index < 3; index++)
        group = (group << 8) | (index < count ? (value >> (8 * (size - 1 - first - index))) & 0xff : 0);
      for (let index = 0; index < 4; index++) into[this.at++] = index <= count ? BASE64[(group >> (18 - 6 * index)) & 63]! : 0x3d;
    }
    into[this.at++] = 0x22;
  }

  #anyText(value: string): void {
    if (!isPlain(value)) {
      this.#utf8(textOf(value));
      return;
    }
    const most = (value.length < LONG ? value.length * 3 : Buffer.byteLength(value)) + 2;
    if (this.at + most > this.end) this.grow(most);
    this.bytes[this.at++] = 0x22;
    this.at += this.bytes.write(value, this.at, most, "utf8");
    this.bytes[this.at++] = 0x22;
  }

  #utf8(text: string): void {
    const most = text.length < LONG ? text.length * 3 : Buffer.byteLength(text);
    if (this.at + most > this.end) this.grow(most);
    this.at += this.bytes.write(text, this.at, most, "utf8");
  }

  /** Of 64 bits and more than 2^53: V8 divides such in its registers. */
  #long(value: bigint): void {
    if (this.at + 20 > this.end) this.grow(20);
    let billions = Number(BigInt.asIntN(64, BigInt.asIntN(64, value) / 1_000_000_000n));
    let rest = Number(BigInt.asIntN(64, BigInt.asIntN(64, value) % 1_000_000_000n));
    if (billions < 0) {
      this.bytes[this.at++] = 0x2d;
      billions = -billions;
      rest = -rest;
    }
    const top = Math.floor(billions / BILLION);
    const middle = billions - top * BILLION;
    if (top > 0) this.#digits(top, 1);
    this.#digits(middle, top > 0 ? 9 : countDigits(middle));
    this.#digits(rest, 9);
  }

  #fraction(isNegative: boolean, millionths: number): void {
    if (this.at + 16 > this.end) this.grow(16);
    if (isNegative) this.bytes[this.at++] = 0x2d;
    const whole = Math.floor(millionths / MILLION);
    this.#digits(whole, countDigits(whole));
    this.bytes[this.at++] = 0x2e;
    let rest = millionths - whole * MILLION;
    let count = 6;
    for (; count > 1 && rest % 10 === 0; count--) rest /= 10;
    this.#digits(rest, count);
  }

  #digits(value: number, count: number): void {
    const into = this.bytes;
    let left = value | 0;
    for (let at = this.at + count - 1; at >= this.at; at--) {
      const next = (left / 10) | 0;
      into[at] = 0x30 + left - next * 10;
      left = next;
    }
    this.at += count;
  }

  /** The record that is being written goes on at the beginning of a new page. */
  #turn(size: number): void {
    const page = Buffer.allocUnsafeSlow(size);
    const written = this.bytes.copy(page, 0, this.#start, this.at);
    this.bytes = page;
    this.view = viewOf(page);
    this.end = size;
    this.#start = 0;
    this.at = written;
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function countDigits(value: number): number {
  let count = 1;
  for (let bound = 10; value >= bound && count < 9; bound *= 10) count++;
  return count;
}
