import { MalformedBytesError } from "@ottla/base";

/** Reads an event's bytes from the front. Numbers are little-endian. Reading beyond the end is refused. */
export class BinlogBytes {
  readonly bytes: Buffer;
  at: number;
  readonly end: number;

  constructor(bytes: Buffer, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  get left(): number {
    return this.end - this.at;
  }

  u8(): number {
    return this.bytes[this.take(1)]!;
  }

  u16(): number {
    return this.bytes.readUInt16LE(this.take(2));
  }

  u24(): number {
    return this.bytes.readUIntLE(this.take(3), 3);
  }

  u32(): number {
    return this.bytes.readUInt32LE(this.take(4));
  }

  u48(): number {
    return this.bytes.readUIntLE(this.take(6), 6);
  }

  u64(): bigint {
    return this.bytes.readBigUInt64LE(this.take(8));
  }

  /** A whole number of 1 to 6 bytes, the highest first. */
  bigEndian(length: number): number {
    return length === 0 ? 0 : this.bytes.readUIntBE(this.take(length), length);
  }

  /** A length as the protocol packs it: one byte below 251, else two, three or eight behind a mark. */
  packed(): number {
    const first = this.u8();
    if (first < 251) return first;
    if (first === 252) return this.u16();
    if (first === 253) return this.u24();
    if (first === 254) {
      const length = this.u64();
      if (length <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(length);
    }
    throw new MalformedBytesError(`A binlog event has no length that begins with byte ${first}.`);
  }

  /** The next bytes, not copied. */
  slice(length: number): Buffer {
    const at = this.take(length);
    return this.bytes.subarray(at, at + length);
  }

  text(length: number): string {
    return this.slice(length).toString("utf8");
  }

  rest(): Buffer {
    return this.slice(this.left);
  }

  skip(length: number): void {
    this.take(length);
  }

  private take(length: number): number {
    const at = this.at;
    if (!(length >= 0 && length <= this.end - at))
      throw new MalformedBytesError(`A binlog event is too short: ${length} bytes were expected, ${this.end - at} are left.`);
    this.at = at + length;
    return at;
  }
}
