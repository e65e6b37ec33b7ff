import { ScalarType } from "@bufbuild/protobuf";
import { irregular } from "./irregular.ts";
import type { ProtoOutput } from "./proto-output.ts";

/** Writes one value; throws `irregular` for what is left to the library. */
export type Write = (out: ProtoOutput, value: unknown) => void;

const VARINT = 0;
const FIXED64 = 1;
/** The wire type of what has a length. */
export const SIZED = 2;
const FIXED32 = 5;

/** A scalar's wire type, and what writes it without a tag. */
export function scalarWriter(type: ScalarType): { readonly wire: number; readonly write: Write } {
  switch (type) {
    case ScalarType.INT32:
      return { wire: VARINT, write: (out, value) => out.int32(integer(value)) };
    case ScalarType.UINT32:
      return { wire: VARINT, write: (out, value) => out.varint(unsigned(value)) };
    case ScalarType.SINT32:
      return {
        wire: VARINT,
        write: (out, value) => {
          const given = integer(value);
          out.varint((given << 1) ^ (given >> 31));
        },
      };
    case ScalarType.INT64:
      return { wire: VARINT, write: (out, value) => out.varint64(long(value)) };
    case ScalarType.UINT64:
      return { wire: VARINT, write: (out, value) => out.varint64(unsignedLong(value)) };
    case ScalarType.SINT64:
      return { wire: VARINT, write: (out, value) => out.zigzag64(long(value)) };
    case ScalarType.BOOL:
      return {
        wire: VARINT,
        write: (out, value) => {
          if (typeof value !== "boolean") throw irregular;
          out.varint(value ? 1 : 0);
        },
      };
    case ScalarType.FIXED32:
      return { wire: FIXED32, write: (out, value) => out.fixed32(unsigned(value)) };
    case ScalarType.SFIXED32:
      return { wire: FIXED32, write: (out, value) => out.fixed32(integer(value)) };
    case ScalarType.FIXED64:
      return { wire: FIXED64, write: (out, value) => out.fixed64(unsignedLong(value)) };
    case ScalarType.SFIXED64:
      return { wire: FIXED64, write: (out, value) => out.fixed64(long(value)) };
    case ScalarType.FLOAT:
      return {
        wire: FIXED32,
        write: (out, value) => {
          // The library knows which numbers are too large.
          if (typeof value !== "number" || Math.abs(value) > 3e38) throw irregular;
          out.float(value);
        },
      };
    case ScalarType.DOUBLE:
      return {
        wire: FIXED64,
        write: (out, value) => {
          if (typeof value !== "number") throw irregular;
          out.double(value);
        },
      };
    case ScalarType.STRING:
      return {
        wire: SIZED,
        write: (out, value) => {
          if (typeof value !== "string") throw irregular;
          out.text(value);
        },
      };
    case ScalarType.BYTES:
      return {
        wire: SIZED,
        write: (out, value) => {
          if (!(value instanceof Uint8Array)) throw irregular;
          out.sized(value);
        },
      };
  }
}

function integer(value: unknown): number {
  if (typeof value !== "number" || (value | 0) !== value) throw irregular;
  return value;
}

function unsigned(value: unknown): number {
  if (typeof value !== "number" || value >>> 0 !== value) throw irregular;
  return value;
}

function long(value: unknown): bigint {
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value !== "bigint" || BigInt.asIntN(64, value) !== value) throw irregular;
  return value;
}

function unsignedLong(value: unknown): bigint {
  if (typeof value !== "bigint" || BigInt.asUintN(64, value) !== value) throw irregular;
  return BigInt.asIntN(64, value);
}
