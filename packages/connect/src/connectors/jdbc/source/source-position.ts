import { ConnectError } from "../../../connect-error.ts";
import type { SourcePlace } from "../../../data/connect-record.ts";
import type { SqlValue } from "../sql-session.ts";
import type { RowSource } from "./source-database.ts";
import { floorTo, msOf } from "./exact-time.ts";

/** Behind which row reading goes on. */
export interface SourcePosition {
  readonly time?:
    | { readonly us: bigint /** As the database has it, where only that compares exactly. */; readonly raw?: SqlValue }
    | undefined;
  readonly number?: bigint | undefined;
  /** The primary key of the last row of that time. */
  readonly key?: readonly SqlValue[] | undefined;
}

/** A source of rows as offsets name it, in the form of the JDBC source that people know. */
export function partitionOf(from: RowSource): SourcePlace {
  return from.kind === "query" ? { query: "query" } : { protocol: "1", table: from.name };
}

/** A position as an offset: `timestamp` in ms, `timestamp_nanos` within its second, `incrementing`. */
export function offsetOf({ time, number, key }: SourcePosition): SourcePlace {
  return {
    ...(time !== undefined && {
      timestamp: msOf(time.us),
      timestamp_nanos: Number(time.us - floorTo(time.us, 1_000_000n)) * 1000,
      ...(typeof time.raw === "string" && { timestamp_text: time.raw }),
    }),
    ...(number !== undefined && { incrementing: number }),
    ...(key !== undefined && { key }),
  };
}

/** @throws ConnectError CONNECT_CONFIG for an offset of other parts */
export function positionOf(offset: SourcePlace): SourcePosition {
  const { timestamp, timestamp_nanos: nanos = 0, timestamp_text: text, incrementing, key } = offset;
  let time: SourcePosition["time"];
  if (timestamp !== undefined) {
    const us =
      (wholeOf("timestamp", timestamp) / 1000n) * 1_000_000n +
      wholeOf("timestamp_nanos", nanos || (wholeOf("timestamp", timestamp) % 1000n) * 1_000_000n) / 1000n;
    time = { us, ...(typeof text === "string" && { raw: text }) };
  }
  if (key !== undefined && !Array.isArray(key))
    throw new ConnectError("CONNECT_CONFIG", "An offset's \"key\" is a list of the key's values.");
  return {
    time,
    number: incrementing === undefined ? undefined : wholeOf("incrementing", incrementing),
    key: key as readonly SqlValue[] | undefined,
  };
}

/** Bytes as an offset has them. */
export function hexText(bytes: Uint8Array): string {
  return `\\x${Buffer.from(bytes).toString("hex")}`;
}

/** Their digits. @throws ConnectError CONNECT_CONFIG for what is none */
export function hexOf(kept: unknown): string {
  const [, digits] = /^\\x((?:[0-9a-f]{2})*)$/i.exec(String(kept)) ?? [];
  if (digits === undefined) throw new ConnectError("CONNECT_CONFIG", 'Bytes in an offset\'s "key" are of the form \\x00ff.');
  return digits;
}

function wholeOf(name: string, value: unknown): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  throw new ConnectError("CONNECT_CONFIG", `An offset's "${name}" is a whole number.`);
}
