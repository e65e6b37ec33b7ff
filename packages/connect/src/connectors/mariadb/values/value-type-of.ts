import { ConnectError } from "../../../connect-error.ts";
import { type Decimal, decimalText } from "../../../data/decimal.ts";
import { DATE, DECIMAL, TIME, TIMESTAMP } from "../../../data/logical-names.ts";
import type { ConnectSchema } from "../../../data/schema.ts";
import { NO_DATE } from "./calendar.ts";
import type { ColumnFacts } from "./column-facts.ts";
import { geometryType, pointType } from "./geometry-types.ts";
import type { ValueOptions, ValueType } from "./value-type.ts";

type Raw = ValueType["fromRaw"];
const as = <T>(convert: (raw: T) => unknown): Raw => convert;
const same = as((raw: unknown) => raw);
const toBigInt = as((raw: number) => BigInt(raw));

const plain = (type: ConnectSchema["type"], fromRaw: Raw, zero: unknown): ValueType => ({ schema: { type }, fromRaw, zero });
const named = (
  name: string,
  type: ConnectSchema["type"],
  fromRaw: Raw,
  zero: unknown,
  parameters?: Readonly<Record<string, string>>,
): ValueType => ({ schema: { type, name, version: 1, ...(parameters && { parameters }) }, fromRaw, zero });

const int16 = plain("int16", same, 0);
const int32 = plain("int32", same, 0);
const text = plain("string", same, "");
const MILLISECOND_DIGITS = 3;
const DAY_MS = 86_400_000;

/** What a column becomes, by its facts and the settings. */
export function valueTypeOf(facts: ColumnFacts, options: ValueOptions): ValueType {
  switch (facts.kind) {
    case "tinyint":
      return int16;
    case "smallint":
      return facts.isUnsigned ? int32 : int16;
    case "mediumint":
      return int32;
    case "int":
      return facts.isUnsigned ? plain("int64", toBigInt, 0n) : int32;
    case "bigint":
      return bigintType(facts, options);
    case "decimal":
      return decimalType(facts, options);
    case "float":
      return facts.isWideFloat ? plain("double", same, 0) : plain("float", same, 0);
    case "double":
      return plain("double", same, 0);
    case "bit":
      return bitType(facts.length);
    case "year":
      return named("io.debezium.time.Year", "int32", same, 0);
    case "date":
      return dateType(options);
    case "time":
      return timeType(options);
    case "datetime":
      return datetimeType(facts.length, options);
    case "timestamp":
      return zonedTimestampType(facts.length);
    case "enum":
      return named(
        "io.debezium.data.Enum",
        "string",
        as((raw: number) => labelOf(facts.labels, raw)),
        "",
        allowed(facts.labels),
      );
    case "set":
      return named(
        "io.debezium.data.EnumSet",
        "string",
        as((raw: bigint) => labelsOf(facts.labels, raw)),
        "",
        allowed(facts.labels),
      );
    case "json":
      return named("io.debezium.data.Json", "string", same, "{}");
    case "uuid":
      return named("io.debezium.data.Uuid", "string", same, "00000000-0000-0000-0000-000000000000");
    case "point":
      return pointType;
    case "geometry":
      return geometryType;
    case "string":
    case "inet4":
    case "inet6":
      return text;
    case "bytes":
      return bytesType(options);
  }
}

function bigintType({ isUnsigned }: ColumnFacts, { unsignedBigints }: ValueOptions): ValueType {
  if (!isUnsigned) return plain("int64", same, 0n);
  if (unsignedBigints === "long")
    return plain(
      "int64",
      as((raw: bigint) => BigInt.asIntN(64, raw)),
      0n,
    );
  const zero: Decimal = { unscaled: 0n, scale: 0 };
  return named(
    DECIMAL,
    "bytes",
    as((raw: bigint) => ({ unscaled: raw, scale: 0 })),
    zero,
    { scale: "0" },
  );
}

function decimalType({ length, scale }: ColumnFacts, { decimals }: ValueOptions): ValueType {
  if (decimals === "string") return plain("string", as(decimalText), "0");
  if (decimals === "double")
    return plain(
      "double",
      as((raw: Decimal) => Number(decimalText(raw))),
      0,
    );
  const parameters = { scale: String(scale), "connect.decimal.precision": String(length) };
  return named(DECIMAL, "bytes", same, { unscaled: 0n, scale }, parameters);
}

/** The lowest byte first; a single bit is a boolean. */
function bitType(length: number): ValueType {
  if (length === 1)
    return plain(
      "boolean",
      as((raw: Buffer) => (raw.at(-1)! & 1) === 1),
      false,
    );
  return named(
    "io.debezium.data.Bits",
    "bytes",
    as((raw: Buffer) => Buffer.from(raw).reverse()),
    Buffer.alloc(0),
    { length: String(length) },
  );
}

function dateType({ times }: ValueOptions): ValueType {
  if (times === "connect")
    return named(
      DATE,
      "int32",
      as((raw: number | typeof NO_DATE) => (raw === NO_DATE ? null : new Date(raw * DAY_MS))),
      new Date(0),
    );
  return named(
    "io.debezium.time.Date",
    "int32",
    as((raw: number | typeof NO_DATE) => (raw === NO_DATE ? null : raw)),
    0,
  );
}

function timeType({ times }: ValueOptions): ValueType {
  if (times === "connect") return named(TIME, "int32", as(connectTime), new Date(0));
  return named("io.debezium.time.MicroTime", "int64", toBigInt, 0n);
}

function connectTime(micros: number): Date {
  if (micros >= 0 && micros < DAY_MS * 1000) return new Date(Math.floor(micros / 1000));
  throw new ConnectError(
    "CONNECT_DATA",
    `${micros} microseconds are no time of a day, which time.precision.mode=connect needs; set it to adaptive_time_microseconds.`,
  );
}

function datetimeType(digits: number, { times }: ValueOptions): ValueType {
  const whenDate = (convert: (raw: bigint) => unknown): Raw =>
    as((raw: bigint | typeof NO_DATE) => (raw === NO_DATE ? null : convert(raw)));
  if (times === "connect")
    return named(
      TIMESTAMP,
      "int64",
      whenDate((raw) => new Date(Number(floorMs(raw)))),
      new Date(0),
    );
  if (digits <= MILLISECOND_DIGITS) return named("io.debezium.time.Timestamp", "int64", whenDate(floorMs), 0n);
  return named(
    "io.debezium.time.MicroTimestamp",
    "int64",
    whenDate((raw) => raw),
    0n,
  );
}

function floorMs(micros: bigint): bigint {
  const ms = micros / 1000n;
  return micros % 1000n < 0n ? ms - 1n : ms;
}

/** TIMESTAMP: a moment, as a text in UTC with as many digits of a second as the column has. */
function zonedTimestampType(digits: number): ValueType {
  const fromRaw = as((raw: bigint | typeof NO_DATE) => (raw === NO_DATE ? null : zonedText(raw, digits)));
  return named("io.debezium.time.ZonedTimestamp", "string", fromRaw, "1970-01-01T00:00:00Z");
}

function zonedText(micros: bigint, digits: number): string {
  const seconds = Number(micros / 1_000_000n);
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  if (digits === 0) return `${whole}Z`;
  const fraction = String(micros % 1_000_000n)
    .padStart(6, "0")
    .slice(0, digits);
  return `${whole}.${fraction}Z`;
}

/** Commas within a label are told apart. */
const allowed = (labels: readonly string[]) => ({ allowed: labels.map((label) => label.replaceAll(",", "\\,")).join(",") });

/** 0 is the empty text that stands for a value that was refused. */
const labelOf = (labels: readonly string[], number: number): string => (number === 0 ? "" : (labels[number - 1] ?? ""));

function labelsOf(labels: readonly string[], bits: bigint): string {
  return labels.filter((_, place) => ((bits >> BigInt(place)) & 1n) === 1n).join(",");
}

function bytesType({ binary }: ValueOptions): ValueType {
  switch (binary) {
    case "bytes":
      return plain("bytes", same, Buffer.alloc(0));
    case "hex":
      return plain(
        "string",
        as((raw: Buffer) => raw.toString("hex")),
        "",
      );
    case "base64":
      return plain(
        "string",
        as((raw: Buffer) => raw.toString("base64")),
        "",
      );
    case "base64-url-safe":
      return plain(
        "string",
        as((raw: Buffer) => raw.toString("base64").replaceAll("+", "-").replaceAll("/", "_")),
        "",
      );
  }
}
