import { InvariantError, invariant } from "../errors.ts";
import type { MessagePart, UnreadBytes } from "./unread-bytes.ts";

const TWO_32 = 4294967296;
const TWO_63 = 2 ** 63;
/** Upper and lower half. */
const LARGEST: readonly [number, number] = [0x7fffffff, -1];
const SMALLEST: readonly [number, number] = [-0x80000000, 0];
const FIRST_CHUNK_BYTES = 512;
const LARGEST_CHUNK_BYTES = 64 * 1024;
/** Byte fields at least this long are handed on by reference rather than copied. */
const REFERENCE_FROM_BYTES = 2048;

/**
 * Writes Kafka's primitive types, big-endian, into a list of buffers. Large byte fields are referenced, never copied:
 * the caller must leave them unchanged until the result has been sent.
 * Source: the Kafka protocol guide, "Protocol primitive types".
 */
export class ByteWriter {
  #chunk: Buffer;
  #start = 0;
  #position = 0;
  readonly #done: MessagePart[] = [];
  #unreadBytes = 0;
  #doneBytes = 0;
  #noErrors = 0;
  #errorCounts: Map<number, number> | undefined;

  constructor(firstChunkBytes: number = FIRST_CHUNK_BYTES) {
    this.#chunk = Buffer.allocUnsafe(firstChunkBytes);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#doneBytes + this.#position - this.#start;
  }

  /** How many of them are still to be read. */
  get unreadBytes(): number {
    return this.#unreadBytes;
  }

  int8(value: number): void {
    const at = this.#reserve(1);
    this.#chunk[at] = value;
  }

  bool(value: boolean): void {
    this.int8(value ? 1 : 0);
  }

  int16(value: number): void {
    const at = this.#reserve(2);
    const c = this.#chunk;
    c[at] = value >> 8;
    c[at + 1] = value;
  }

  /** An int16 that is one of Kafka's error codes: an answer so counts what it tells. */
  errorCode(code: number): void {
    this.int16(code);
    if (code === 0) this.#noErrors++;
    else (this.#errorCounts ??= new Map()).set(code, (this.#errorCounts.get(code) ?? 0) + 1);
  }

  /** How often 0 was written as {@link errorCode}. */
  get noErrors(): number {
    return this.#noErrors;
  }

  /** How often each code but 0 was written as {@link errorCode}; undefined when none was. */
  get errorCounts(): ReadonlyMap<number, number> | undefined {
    return this.#errorCounts;
  }

  uint16(value: number): void {
    this.int16(value);
  }

  int32(value: number): void {
    const at = this.#reserve(4);
    const c = this.#chunk;
    c[at] = value >> 24;
    c[at + 1] = value >> 16;
    c[at + 2] = value >> 8;
    c[at + 3] = value;
  }

  uint32(value: number): void {
    this.int32(value | 0);
  }

  /** An integer as int64. What lies beyond ±2^63 becomes the nearest int64; anything but an integer is a bug of the caller. */
  int64(value: number): void {
    let high = Math.floor(value / TWO_32);
    let low = value | 0;
    if (!Number.isSafeInteger(value)) {
      if (!Number.isInteger(value)) throw new InvariantError(`An int64 field was given ${value}, which is no integer.`);
      if (value >= TWO_63) [high, low] = LARGEST;
      else if (value <= -TWO_63) [high, low] = SMALLEST;
    }
    const at = this.#reserve(8);
    const c = this.#chunk;
    c[at] = high >> 24;
    c[at + 1] = high >> 16;
    c[at + 2] = high >> 8;
    c[at + 3] = high;
    c[at + 4] = low >> 24;
    c[at + 5] = low >> 16;
    c[at + 6] = low >> 8;
    c[at + 7] = low;
  }

  float64(value: number): void {
    const at = this.#reserve(8);
    this.#chunk.writeDoubleBE(value, at);
  }

  /** A UUID from its 22 characters of URL-safe base64. */
  uuid(value: string): void {
    const at = this.#reserve(16);
    if (value.length !== 22 || this.#chunk.write(value, at, 16, "base64url") !== 16)
      throw new InvariantError(`A uuid field was given "${value}", which is no UUID.`);
  }

  uvarint(value: number): void {
    let rest = value >>> 0;
    const at = this.#reserve(5);
    const c = this.#chunk;
    let end = at;
    while (rest >= 0x80) {
      c[end++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    c[end++] = rest;
    this.#position = end;
  }

  /** A zigzag varint of 32 bits. */
  varint(value: number): void {
    this.uvarint((value << 1) ^ (value >> 31));
  }

  /** A zigzag varlong of a safe integer. */
  varlong(value: number): void {
    if ((value | 0) === value) {
      this.varint(value);
      return;
    }
    if (!Number.isSafeInteger(value)) throw new InvariantError(`A varlong field was given ${value}, which is no safe integer.`);
    // 2·|v| may pass 2^53, so the zigzag is kept as a 28-bit low part and a high part, both exact.
    const magnitude = value < 0 ? -value - 1 : value;
    let low = ((magnitude % 2 ** 27) * 2 + (value < 0 ? 1 : 0)) | 0;
    let high = Math.floor(magnitude / 2 ** 27);
    const at = this.#reserve(10);
    const c = this.#chunk;
    let end = at;
    for (let i = 0; i < 4; i++) {
      c[end++] = (low & 0x7f) | 0x80;
      low >>>= 7;
    }
    while (high >= 0x80) {
      c[end++] = (high % 128) | 0x80;
      high = Math.floor(high / 128);
    }
    c[end++] = high;
    this.#position = end;
  }

  /** The UTF-8 bytes of `value`, without a length in front. */
  utf8(value: string, byteLength: number = Buffer.byteLength(value)): void {
    if (byteLength === 0) return;
    const at = this.#reserve(byteLength);
    this.#chunk.write(value, at, byteLength, "utf8");
  }

  /** Bytes without a length in front; referenced when long, copied when short. */
  bytes(value: Uint8Array): void {
    if (value.length >= REFERENCE_FROM_BYTES) {
      this.#seal();
      this.#done.push(Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength));
      this.#doneBytes += value.length;
      return;
    }
    if (value.length === 0) return;
    const at = this.#reserve(value.length);
    this.#chunk.set(value, at);
  }

  /** Bytes without a length in front, which are read when the message is sent: see {@link finishFrameParts}. */
  unread(value: UnreadBytes): void {
    this.#seal();
    this.#done.push(value);
    this.#doneBytes += value.byteLength;
    this.#unreadBytes += value.byteLength;
  }

  /** Everything written, as a list for a gathering write. The writer must not be used afterwards. */
  finish(): Buffer[] {
    invariant(this.#unreadBytes === 0, "A message with bytes that are still to be read is no list of buffers.");
    this.#seal();
    return this.#done as Buffer[];
  }

  /** Everything written, with its length as an int32 in front: one Kafka frame. The writer must not be used afterwards. */
  finishFrame(): Buffer[] {
    invariant(this.#unreadBytes === 0, "A frame with bytes that are still to be read is no list of buffers.");
    return this.finishFrameParts() as Buffer[];
  }

  /** As {@link finishFrame}, where some of it may be unread. */
  finishFrameParts(): MessagePart[] {
    const size = Buffer.allocUnsafe(4);
    size.writeInt32BE(this.length);
    this.#seal();
    const parts = this.#done;
    parts.unshift(size);
    return parts;
  }

  /** Everything written, as one buffer. The writer must not be used afterwards. */
  toBuffer(): Buffer {
    const parts = this.finish();
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  }

  #reserve(byteLength: number): number {
    if (this.#chunk.length - this.#position < byteLength) this.#grow(byteLength);
    const at = this.#position;
    this.#position = at + byteLength;
    return at;
  }

  #grow(byteLength: number): void {
    this.#seal();
    const next = Math.max(byteLength, Math.min(LARGEST_CHUNK_BYTES, Math.max(FIRST_CHUNK_BYTES, this.#doneBytes)));
    this.#chunk = Buffer.allocUnsafe(next);
    this.#start = 0;
    this.#position = 0;
  }

  #seal(): void {
    if (this.#position === this.#start) return;
    this.#done.push(this.#chunk.subarray(this.#start, this.#position));
    this.#doneBytes += this.#position - this.#start;
    this.#start = this.#position;
  }
}
