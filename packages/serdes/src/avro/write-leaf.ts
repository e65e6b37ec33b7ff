import type { AvroType, LogicalType } from "@ottla/registry/formats/avro";
import { inspect } from "node:util";
import { ValueProblem } from "../serde/format-engine.ts";
import type { AvroOutput } from "./avro-output.ts";
import { bytesOfInteger, parseDecimal } from "./decimal-text.ts";
import { daysOfDate, millisOfDate } from "./dates.ts";

/** Writes one value of one type. */
export type Write = (out: AvroOutput, value: unknown) => void;

/** Says what was given and what there must be. */
export function refuse(value: unknown, mustBe: string): never {
  if (value === undefined) throw new ValueProblem("", `nothing is given; it must be ${mustBe}`);
  const shown = inspect(value, { depth: 0, maxStringLength: 40, maxArrayLength: 3, breakLength: Number.POSITIVE_INFINITY }).slice(0, 80);
  throw new ValueProblem("", `${shown} is given; it must be ${mustBe}`);
}

export const writePrimitive = {
  null: (_out: AvroOutput, value: unknown): void => {
    if (value != null) refuse(value, "null");
  },
  boolean: (out: AvroOutput, value: unknown): void => {
    if (typeof value !== "boolean") refuse(value, "true or false");
    out.byte(value ? 1 : 0);
  },
  int: (out: AvroOutput, value: unknown): void => {
    if (typeof value !== "number" || (value | 0) !== value) refuse(value, "a whole number from -2147483648 to 2147483647");
    out.int(value);
  },
  long: (out: AvroOutput, value: unknown): void => {
    if (typeof value === "bigint") {
      if (BigInt.asIntN(64, value) !== value) refuse(value, "a bigint of 64 bits");
      out.bigLong(value);
    } else if (Number.isSafeInteger(value)) out.long(value as number);
    else refuse(value, "a bigint of 64 bits, or a whole number of at most 53");
  },
  float: (out: AvroOutput, value: unknown): void => {
    if (typeof value !== "number") refuse(value, "a number");
    out.float(value);
  },
  double: (out: AvroOutput, value: unknown): void => {
    if (typeof value !== "number") refuse(value, "a number");
    out.double(value);
  },
  bytes: (out: AvroOutput, value: unknown): void => {
    if (!(value instanceof Uint8Array)) refuse(value, "bytes (a Uint8Array)");
    out.sized(value);
  },
  string: (out: AvroOutput, value: unknown): void => {
    if (typeof value !== "string") refuse(value, "a text");
    out.text(value);
  },
} as const satisfies Readonly<Record<string, Write>>;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Writes what a logical type stands for. */
export function writeLogical(logical: LogicalType, type: AvroType): Write {
  switch (logical.kind) {
    case "date":
      return (out, value) => out.int(daysOfDate(value) ?? refuse(value, 'a day, "2026-11-26", a Date, or the days since 1970'));
    case "timestamp":
      if (logical.perSecond !== 1_000n) return writePrimitive.long;
      return (out, value) => {
        if (value instanceof Date) out.long(millisOfDate(value) ?? refuse(value, "a Date that is one"));
        else if (typeof value === "number" || typeof value === "bigint") writePrimitive.long(out, value);
        else refuse(value, "a Date, or the milliseconds since 1970");
      };
    case "uuid":
      return (out, value) => {
        if (typeof value !== "string" || !UUID.test(value)) refuse(value, "a UUID of 36 characters");
        if (type.kind === "fixed") out.raw(Buffer.from(value.replaceAll("-", ""), "hex"));
        else out.text(value);
      };
    case "decimal":
      return (out, value) => {
        const unscaled = parseDecimal(value, logical);
        if (type.kind === "fixed") out.raw(bytesOfInteger(unscaled, type.size));
        else out.sized(bytesOfInteger(unscaled));
      };
  }
}
