import { MalformedBytesError } from "@ottla/base";
import { decimalText } from "../../../data/decimal.ts";
import { BinlogBytes } from "../binlog/binlog-bytes.ts";
import { COLUMN_TYPE } from "../binlog/column-type-codes.ts";
import { decimalReader } from "./decimal-cell.ts";

/** MySQL takes no document that is deeper. */
const DEPTH_MAX = 100;
/** Of a decimal in a document: as many as a column may have. */
const DECIMAL_DIGITS_MAX = 65;

const TYPE = {
  smallObject: 0x00,
  largeObject: 0x01,
  smallArray: 0x02,
  largeArray: 0x03,
  literal: 0x04,
  int16: 0x05,
  uint16: 0x06,
  int32: 0x07,
  uint32: 0x08,
  int64: 0x09,
  uint64: 0x0a,
  double: 0x0b,
  string: 0x0c,
  opaque: 0x0f,
} as const;

const LITERALS = ["null", "true", "false"] as const;

/**
 * A JSON document as MySQL keeps it (WL#8132: a type, then objects and arrays as tables of offsets into themselves) as the text that MySQL makes of it, to the letter: what a
 * snapshot reads and what the binlog brings is the same.
 * @throws MalformedBytesError where the bytes are no document
 */
export function jsonText(bytes: Buffer): string {
  // What INSERT IGNORE and ALTER TABLE leave in place of a value; the server calls it null too.
  if (bytes.length === 0) return "null";
  return new JsonDocument(bytes).text();
}

class JsonDocument {
  readonly #bytes: Buffer;
  /** No byte is of two values, though offsets may name one more than once: what is read is no more than there is. */
  #bytesLeft: number;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#bytesLeft = bytes.length;
  }

  text(): string {
    return this.#value(this.#bytes[0]!, 1, 0);
  }

  /** The value of a type whose bytes begin at `at`. */
  #value(type: number, at: number, depth: number): string {
    if (depth > DEPTH_MAX) throw new MalformedBytesError(`A JSON document is deeper than ${DEPTH_MAX}.`);
    this.#spend(1);
    switch (type) {
      case TYPE.smallObject:
      case TYPE.largeObject:
        return this.#object(at, type === TYPE.largeObject, depth);
      case TYPE.smallArray:
      case TYPE.largeArray:
        return this.#array(at, type === TYPE.largeArray, depth);
      default: {
        const bytes = new BinlogBytes(this.#bytes, at);
        const text = scalar(type, bytes);
        // Small ones stand in their table.
        if (type === TYPE.string || type === TYPE.opaque) this.#spend(bytes.at - at);
        return text;
      }
    }
  }

  #spend(bytes: number): void {
    this.#bytesLeft -= bytes;
    if (this.#bytesLeft < 0) throw new MalformedBytesError("A JSON document has more in it than its bytes can hold.");
  }

  #key(bytes: Buffer): string {
    this.#spend(bytes.length);
    return quoted(bytes);
  }

  #object(at: number, isLarge: boolean, depth: number): string {
    const table = new Table(this.#bytes, at, isLarge, true);
    const parts: string[] = [];
    for (let i = 0; i < table.count; i++) parts.push(`${this.#key(table.key(i))}: ${this.#entry(table, i, depth)}`);
    return `{${parts.join(", ")}}`;
  }

  #array(at: number, isLarge: boolean, depth: number): string {
    const table = new Table(this.#bytes, at, isLarge, false);
    const parts: string[] = [];
    for (let i = 0; i < table.count; i++) parts.push(this.#entry(table, i, depth));
    return `[${parts.join(", ")}]`;
  }

  #entry(table: Table, i: number, depth: number): string {
    const { type, at } = table.entry(i);
    return this.#value(type, at, depth + 1);
  }
}

/** What an object or an array begins with: how many it has, its size, where its keys are, and its values or where they are. Offsets count from its own beginning. */
class Table {
  readonly count: number;
  readonly #document: Buffer;
  readonly #start: number;
  readonly #end: number;
  readonly #isLarge: boolean;
  readonly #entriesAt: number;

  constructor(document: Buffer, start: number, isLarge: boolean, hasKeys: boolean) {
    const head = new BinlogBytes(document, start);
    this.#document = document;
    this.#start = start;
    this.#isLarge = isLarge;
    this.count = isLarge ? head.u32() : head.u16();
    const size = isLarge ? head.u32() : head.u16();
    if (size > document.length - start)
      throw new MalformedBytesError(`A JSON document's part says ${size} bytes, and has ${document.length - start}.`);
    this.#end = start + size;
    this.#entriesAt = head.at + (hasKeys ? this.count * (this.#offsetBytes + 2) : 0);
    if (this.#entriesAt + this.count * (1 + this.#offsetBytes) > this.#end)
      throw new MalformedBytesError(`A JSON document's part of ${size} bytes says that it has ${this.count} values.`);
  }

  get #offsetBytes(): number {
    return this.#isLarge ? 4 : 2;
  }

  key(i: number): Buffer {
    const entry = this.#at(this.#start + 2 * this.#offsetBytes + i * (this.#offsetBytes + 2));
    const at = this.#offset(entry);
    return this.#at(at).slice(entry.u16());
  }

  /** Small values stand in the table itself. */
  entry(i: number): { readonly type: number; readonly at: number } {
    const entry = this.#at(this.#entriesAt + i * (1 + this.#offsetBytes));
    const type = entry.u8();
    const isInline =
      type === TYPE.literal ||
      type === TYPE.int16 ||
      type === TYPE.uint16 ||
      (this.#isLarge && (type === TYPE.int32 || type === TYPE.uint32));
    return { type, at: isInline ? entry.at : this.#offset(entry) };
  }

  #offset(entry: BinlogBytes): number {
    const offset = this.#isLarge ? entry.u32() : entry.u16();
    if (offset > this.#end - this.#start) throw new MalformedBytesError(`A JSON document's part has a place ${offset} that is not in it.`);
    return this.#start + offset;
  }

  #at(at: number): BinlogBytes {
    return new BinlogBytes(this.#document, at, this.#end);
  }
}

function scalar(type: number, bytes: BinlogBytes): string {
  switch (type) {
    case TYPE.literal: {
      const literal = LITERALS[bytes.u8()];
      if (literal === undefined) throw new MalformedBytesError("A JSON document has a literal that is not null, true or false.");
      return literal;
    }
    case TYPE.int16:
      return String((bytes.u16() << 16) >> 16);
    case TYPE.uint16:
      return String(bytes.u16());
    case TYPE.int32:
      return String(bytes.u32() | 0);
    case TYPE.uint32:
      return String(bytes.u32());
    case TYPE.int64:
      return String(BigInt.asIntN(64, bytes.u64()));
    case TYPE.uint64:
      return String(bytes.u64());
    case TYPE.double:
      return doubleText(bytes.slice(8).readDoubleLE());
    case TYPE.string:
      return quoted(bytes.slice(lengthOf(bytes)));
    case TYPE.opaque: {
      const column = bytes.u8();
      return opaqueText(column, bytes.slice(lengthOf(bytes)));
    }
    default:
      throw new MalformedBytesError(`A JSON document has a value of type ${type}, which is not known.`);
  }
}

/** Seven bits in each byte, the lowest first; the highest bit says that another one follows. */
function lengthOf(bytes: BinlogBytes): number {
  let length = 0;
  for (let i = 0; i < 5; i++) {
    const byte = bytes.u8();
    length += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return length;
  }
  throw new MalformedBytesError("A JSON document has a length of more than 32 bits.");
}

const LARGEST_PLAIN_EXPONENT = 15;
const SMALLEST_PLAIN_EXPONENT = -15;

/** The shortest digits that mean the number, with a point or an exponent: `1.0`, `0.001`, `1e16`. */
function doubleText(value: number): string {
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  const [mantissa = "", exponentText = ""] = value.toExponential().split("e");
  const exponent = Number(exponentText);
  if (exponent >= LARGEST_PLAIN_EXPONENT || exponent < SMALLEST_PLAIN_EXPONENT) return `${mantissa}e${exponent}`;
  const digits = mantissa.replace(/^-|\./g, "");
  const sign = value < 0 ? "-" : "";
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  return `${sign}${whole}.${digits.slice(exponent + 1) || "0"}`;
}

/** A value of one of the server's own types. */
function opaqueText(column: number, bytes: Buffer): string {
  switch (column) {
    case COLUMN_TYPE.newDecimal: {
      const at = new BinlogBytes(bytes);
      const [precision, scale] = [at.u8(), at.u8()];
      if (precision === 0 || precision > DECIMAL_DIGITS_MAX || scale > precision)
        throw new MalformedBytesError(`A JSON document has a decimal of ${precision} digits, ${scale} of them behind the point.`);
      return decimalText(decimalReader(precision, scale)(at));
    }
    case COLUMN_TYPE.date:
    case COLUMN_TYPE.datetime:
    case COLUMN_TYPE.timestamp:
      return `"${datetimeText(packedOf(bytes), column === COLUMN_TYPE.date)}"`;
    case COLUMN_TYPE.time:
      return `"${timeText(packedOf(bytes))}"`;
    default:
      return `"base64:type${column}:${bytes.toString("base64")}"`;
  }
}

function packedOf(bytes: Buffer): bigint {
  if (bytes.length !== 8) throw new MalformedBytesError(`A JSON document has a time of ${bytes.length} bytes; it must be 8.`);
  return bytes.readBigInt64LE();
}

const padded = (value: bigint, digits = 2): string => String(value).padStart(digits, "0");
const clock = (packed: bigint): string => `${padded(packed >> 36n)}:${padded((packed >> 30n) & 63n)}:${padded((packed >> 24n) & 63n)}`;
const micros = (packed: bigint): string => padded(packed & 0xff_ffffn, 6);

/** Year × 13 + month, day, hour, minute, second and microseconds in 17 + 5 + 5 + 6 + 6 + 24 bits. */
function datetimeText(packed: bigint, isDate: boolean): string {
  const date = packed >> 41n;
  const months = date >> 5n;
  const text = `${padded(months / 13n, 4)}-${padded(months % 13n)}-${padded(date & 31n)}`;
  return isDate ? text : `${text} ${clock(packed & 0x1ff_ffff_ffffn)}.${micros(packed)}`;
}

function timeText(packed: bigint): string {
  const absolute = packed < 0n ? -packed : packed;
  return `${packed < 0n ? "-" : ""}${clock(absolute & 0x3fff_ffff_ffffn)}.${micros(absolute)}`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\f": "\\f",
  "\r": "\\r",
  '"': '\\"',
  "\\": "\\\\",
};
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to be escaped.
const ESCAPED = /[\u0000-\u001f"\\]/g;

const quoted = (bytes: Buffer): string =>
  `"${bytes.toString("utf8").replace(ESCAPED, (character) => ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)}"`;
