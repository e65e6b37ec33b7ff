import { MalformedBytesError } from "../errors.ts";

const TWO_32 = 4294967296;
const UUID_BYTES = 16;
/** More elements than any buffer holds; a small integer, so that counting down makes no garbage. */
const NO_ELEMENT_LIMIT = 2 ** 30;
const NIL_UUID = "AAAAAAAAAAAAAAAAAAAAAA";

/**
 * A cursor over one contiguous buffer that reads Kafka's primitive types, big-endian.
 * Byte fields come back as views: nothing is copied, so a kept view keeps the whole buffer alive.
 * Every read is bounds-checked; the only error is {@link MalformedBytesError}.
 * Source: the Kafka protocol guide, "Protocol primitive types".
 */
export class ByteReader {
  readonly buffer: Buffer;
  /** Where the next read starts, in bytes from the start of `buffer`. */
  position: number;
  /** One past the last byte that may be read. */
  readonly end: number;
  /** How many more elements of arrays may be read from here. Who decodes what a stranger sent sets it; see {@link ByteReader.countElements}. */
  elementsLeft: number = NO_ELEMENT_LIMIT;

  constructor(buffer: Buffer, start = 0, end: number = buffer.length) {
    this.buffer = buffer;
    this.position = start;
    this.end = end;
  }

  get remaining(): number {
    return this.end - this.position;
  }

  /** Called by decoders before they read `count` elements: a few bytes on the wire become an object each, which bytes alone do not bound. */
  countElements(count: number): void {
    this.elementsLeft -= count;
    if (this.elementsLeft < 0)
      throw new MalformedBytesError(`The ${count} elements before byte ${this.position} are more than may be read from these bytes.`);
  }

  int8(): number {
    return (this.#advance(1, "int8"), (this.buffer[this.position - 1]! << 24) >> 24);
  }

  uint8(): number {
    return (this.#advance(1, "uint8"), this.buffer[this.position - 1]!);
  }

  bool(): boolean {
    return this.int8() !== 0;
  }

  int16(): number {
    const at = this.#advance(2, "int16");
    const b = this.buffer;
    return ((b[at]! << 24) >> 16) | b[at + 1]!;
  }

  uint16(): number {
    const at = this.#advance(2, "uint16");
    const b = this.buffer;
    return (b[at]! << 8) | b[at + 1]!;
  }

  int32(): number {
    const at = this.#advance(4, "int32");
    const b = this.buffer;
    return (b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!;
  }

  uint32(): number {
    return this.int32() >>> 0;
  }

  /**
   * An int64 as a number: exact within ±(2^53 − 1), rounded to the nearest double beyond, so that order is kept and nothing is refused
   * (see docs/adr/0001). The largest int64, which the protocol uses for "unknown" and "no limit", comes back as 2^63.
   */
  int64(): number {
    const at = this.#advance(8, "int64");
    const b = this.buffer;
    const high = (b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!;
    const low = ((b[at + 4]! << 24) | (b[at + 5]! << 16) | (b[at + 6]! << 8) | b[at + 7]!) >>> 0;
    return high * TWO_32 + low;
  }

  float64(): number {
    return this.buffer.readDoubleBE(this.#advance(8, "float64"));
  }

  /** A UUID in Kafka's own text form: 22 characters of URL-safe base64. */
  uuid(): string {
    const at = this.#advance(UUID_BYTES, "uuid");
    const b = this.buffer;
    let bits = 0;
    for (let i = at; i < at + UUID_BYTES; i++) bits |= b[i]!;
    return bits === 0 ? NIL_UUID : b.toString("base64url", at, at + UUID_BYTES);
  }

  /** An unsigned varint of at most 32 bits. */
  uvarint(): number {
    const b = this.buffer;
    let at = this.position;
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      if (at >= this.end) throw new MalformedBytesError(`The bytes end inside a varint at byte ${this.position}.`);
      const byte = b[at++]!;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        this.position = at;
        return value >>> 0;
      }
    }
    throw new MalformedBytesError(`A varint at byte ${this.position} is longer than five bytes.`);
  }

  /** A zigzag varint of at most 32 bits, as record fields use it. */
  varint(): number {
    const raw = this.uvarint();
    return (raw >>> 1) ^ -(raw & 1);
  }

  /** A zigzag varlong of at most 64 bits; outside the safe integers it is malformed. */
  varlong(): number {
    const b = this.buffer;
    let at = this.position;
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (at >= this.end) throw new MalformedBytesError(`The bytes end inside a varlong at byte ${this.position}.`);
      const byte = b[at++]!;
      if (shift < 28) low += (byte & 0x7f) * 2 ** shift;
      else high += (byte & 0x7f) * 2 ** (shift - 28);
      if (byte < 0x80) {
        // low holds bits 0..27, high the rest; undo the zigzag without leaving doubles.
        const negative = low % 2 === 1;
        const magnitude = Math.floor(low / 2) + high * 2 ** 27;
        const value = negative ? -magnitude - 1 : magnitude;
        if (!Number.isSafeInteger(value)) break;
        this.position = at;
        return value;
      }
    }
    throw new MalformedBytesError(`A varlong at byte ${this.position} is outside the range of safe integers.`);
  }

  utf8(byteLength: number): string {
    const at = this.#advance(byteLength, "string");
    return byteLength === 0 ? "" : this.buffer.toString("utf8", at, at + byteLength);
  }

  /** A view of the next `byteLength` bytes. */
  view(byteLength: number): Buffer {
    const at = this.#advance(byteLength, "bytes");
    return this.buffer.subarray(at, at + byteLength);
  }

  skip(byteLength: number): void {
    this.#advance(byteLength, "field");
  }

  /** Moves on by `byteLength` and returns where the field starts. */
  #advance(byteLength: number, type: string): number {
    const at = this.position;
    if (byteLength < 0 || byteLength > this.end - at) {
      throw new MalformedBytesError(
        `A ${type} of ${byteLength} bytes at byte ${at} does not fit the ${this.end - at} bytes that are left.`,
      );
    }
    this.position = at + byteLength;
    return at;
  }
}
