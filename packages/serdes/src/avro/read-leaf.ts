import type { AvroType, LogicalType } from "@ottla/registry/formats/avro";
import { isUtf8 } from "node:buffer";
import { ValueProblem } from "../serde/format-engine.ts";
import type { AvroInput } from "./avro-input.ts";
import type { AvroShape } from "./avro-shape.ts";
import { dateOfMillis, textOfDays } from "./dates.ts";
import { integerOfBytes, rescaled } from "./decimal-text.ts";
import type { Read } from "./record-code.ts";

/** Reads what has no parts, as itself or as what it is promoted to; undefined where that cannot be. */
export function readLeaf(writer: AvroType, reader: AvroType, { int64 }: AvroShape): Read | undefined {
  const as = reader.kind;
  switch (writer.kind) {
    case "null":
      return as === "null" ? () => null : undefined;
    case "boolean":
      return as === "boolean" ? (input) => input.boolean() : undefined;
    case "int":
      if (as === "int" || as === "float" || as === "double") return (input) => input.int();
      if (as !== "long") return undefined;
      return int64 === "bigint" ? (input) => BigInt(input.int()) : (input) => input.int();
    case "long":
      if (as === "long") return int64 === "bigint" ? (input) => input.bigLong() : (input) => input.long();
      return as === "float" || as === "double" ? (input) => Number(input.bigLong()) : undefined;
    case "float":
      return as === "float" || as === "double" ? (input) => input.float() : undefined;
    case "double":
      return as === "double" ? (input) => input.double() : undefined;
    case "string":
      if (as === "string") return (input) => input.text();
      return as === "bytes" ? (input) => input.copy(input.size()) : undefined;
    case "bytes":
      if (as === "bytes") return (input) => input.copy(input.size());
      return as === "string" ? (input) => textOf(input.copy(input.size())) : undefined;
    case "fixed": {
      const { size } = writer;
      return as === "fixed" ? (input) => input.copy(size) : undefined;
    }
    case "enum":
    case "array":
    case "map":
    case "record":
    case "union":
      return undefined;
  }
}

function textOf(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new ValueProblem("", `${bytes.length} bytes, which the reader takes for text, are no UTF-8`);
  return bytes.toString();
}

interface Conversion {
  readonly reader: AvroType;
  readonly logical: LogicalType;
  /** The writer's logical type, which says what the bytes mean. */
  readonly written: LogicalType | undefined;
  readonly writer: AvroType;
  readonly leaf: Read;
  readonly int64: "bigint" | "number";
}

/** What a logical type makes of a value beneath. What was written is what is meant: another scale or unit is converted. */
export function readConverted({ logical, written, writer, leaf, int64 }: Conversion): Read {
  switch (logical.kind) {
    case "date":
      return (input) => textOfDays(leaf(input) as number);
    case "uuid":
      return writer.kind === "fixed" ? (input) => uuidOf(leaf(input) as Buffer) : leaf;
    case "decimal": {
      const scale = written?.kind === "decimal" ? written.scale : logical.scale;
      return (input) => rescaled(integerOfBytes(rawBytes(leaf(input))), scale, logical.scale);
    }
    case "timestamp":
      return timestamp(writer, { perSecond: logical.perSecond, written, int64 });
  }
}

function rawBytes(value: unknown): Buffer {
  return typeof value === "string" ? Buffer.from(value) : (value as Buffer);
}

function uuidOf(bytes: Buffer): string {
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

interface TimestampConversion {
  readonly perSecond: bigint;
  readonly written: LogicalType | undefined;
  readonly int64: "bigint" | "number";
}

function timestamp(writer: AvroType, { perSecond, written, int64 }: TimestampConversion): Read {
  const isSame = written?.kind !== "timestamp" || written.perSecond === perSecond;
  const raw = (input: AvroInput): bigint => (writer.kind === "int" ? BigInt(input.int()) : input.bigLong());
  const unit = (input: AvroInput): bigint =>
    isSame ? raw(input) : inUnit(raw(input), (written as { perSecond: bigint }).perSecond, perSecond);
  if (perSecond === 1_000n)
    return isSame && writer.kind === "long" ? (input) => dateOfMillis(input.long()) : (input) => dateOfMillis(Number(unit(input)));
  return int64 === "bigint" ? unit : (input) => safe(unit(input));
}

/** Towards the past where the reader's unit is coarser. */
function inUnit(value: bigint, from: bigint, to: bigint): bigint {
  if (to >= from) return value * (to / from);
  const divisor = from / to;
  const quotient = value / divisor;
  return value < 0n && quotient * divisor !== value ? quotient - 1n : quotient;
}

function safe(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number))
    throw new ValueProblem("", 'a timestamp is beyond 2^53, which no number holds exactly; int64: "bigint" reads it');
  return number;
}
