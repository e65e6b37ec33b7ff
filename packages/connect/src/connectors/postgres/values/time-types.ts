import { daysOf, readDate, readTimestampUs, readTimeUs } from "./calendar.ts";
import { namedType, type ValueOptions, type ValueType } from "./value-type.ts";

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);
const INT32_MAX = 2 ** 31 - 1;
const INT32_MIN = -(2 ** 31);
/** What Java's driver and with it Debezium make of infinity; no real timestamp of PostgreSQL's has them. */
const INFINITY_US = 9_223_372_036_825_200_000n;
const MINUS_INFINITY_US = -9_223_372_036_832_400_000n;
/** The last and the first moment that JavaScript's `Date` has. */
const DATE_MS_MAX = 8_640_000_000_000_000;
const DAY_US = 86_400_000_000n;
const NO_PRECISION = -1;
const PRECISION_MAX = 6;
const MILLISECONDS = 3;

/** Whether milliseconds are enough for a time or timestamp of this precision. */
const isCoarse = (precision: number): boolean => precision !== NO_PRECISION && precision <= MILLISECONDS;

/** `date`: days since 1970; infinity is the largest and the least int32, which PostgreSQL's own dates never reach. */
export function dateType({ times }: ValueOptions): ValueType {
  if (times === "connect") return namedType("org.apache.kafka.connect.data.Date", "int32", (text) => new Date(dateMs(text)), new Date(0));
  return namedType("io.debezium.time.Date", "int32", epochDays, 0);
}

function epochDays(text: string): number {
  if (text === "infinity") return INT32_MAX;
  if (text === "-infinity") return INT32_MIN;
  return daysOf(readDate(text));
}

const dateMs = (text: string): number => clampMs(epochDays(text) * 86_400_000);
const clampMs = (ms: number): number => Math.min(DATE_MS_MAX, Math.max(-DATE_MS_MAX, ms));

/** `time`: since midnight, which 24:00:00 is the end of. */
export function timeType(precision: number, { times }: ValueOptions): ValueType {
  if (times === "connect")
    return namedType("org.apache.kafka.connect.data.Time", "int32", (text) => new Date(Math.floor(readTimeUs(text) / 1000)), new Date(0));
  if (times === "adaptive" && isCoarse(precision))
    return namedType("io.debezium.time.Time", "int32", (text) => Math.floor(readTimeUs(text) / 1000), 0);
  return namedType("io.debezium.time.MicroTime", "int64", (text) => BigInt(readTimeUs(text)), 0n);
}

/** `timestamp`: since 1970, as if it were UTC. A year that the microseconds of an int64 do not reach becomes the last that they do. */
export function timestampType(precision: number, { times }: ValueOptions): ValueType {
  if (times === "connect")
    return namedType(
      "org.apache.kafka.connect.data.Timestamp",
      "int64",
      (text) => new Date(clampMs(Number(floorDiv(timestampUs(text), 1000n)))),
      new Date(0),
    );
  if (isCoarse(precision)) return namedType("io.debezium.time.Timestamp", "int64", (text) => floorDiv(timestampUs(text), 1000n), 0n);
  return namedType("io.debezium.time.MicroTimestamp", "int64", timestampUs, 0n);
}

function timestampUs(text: string): bigint {
  if (text === "infinity") return INFINITY_US;
  if (text === "-infinity") return MINUS_INFINITY_US;
  return clampInt64(readTimestampUs(text));
}

const clampInt64 = (value: bigint): bigint => (value > INT64_MAX ? INT64_MAX : value < INT64_MIN ? INT64_MIN : value);

function floorDiv(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}

/** `timestamptz`: a text in UTC with as many digits of a second as the column's precision. The session's time zone is UTC. */
export function zonedTimestampType(precision: number): ValueType {
  const digits = precision === NO_PRECISION ? PRECISION_MAX : precision;
  return namedType("io.debezium.time.ZonedTimestamp", "string", (text) => zonedText(text, digits), "1970-01-01T00:00:00Z");
}

function zonedText(text: string, digits: number): string {
  if (text === "infinity" || text === "-infinity") return text;
  const { year, end } = readDate(text);
  const offset = text.indexOf("+", end);
  const point = text.indexOf(".", end);
  const time = text.slice(end + 1, point < 0 ? offset : point);
  const fraction = point < 0 ? "" : text.slice(point + 1, offset);
  const date = text.slice(text.indexOf("-"), end);
  return `${isoYear(year)}${date}T${time}${digits === 0 ? "" : `.${fraction.padEnd(digits, "0")}`}Z`;
}

function isoYear(year: number): string {
  if (year > 9999) return `+${year}`;
  const text = String(Math.abs(year)).padStart(4, "0");
  return year < 0 ? `-${text}` : text;
}

/** `timetz`: a text, its time moved to UTC. */
export const zonedTimeType: ValueType = namedType("io.debezium.time.ZonedTime", "string", zonedTimeText, "00:00:00Z");

const TIME_ZONE = /([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?$/;

function zonedTimeText(text: string): string {
  const [, sign, hours = "0", minutes = "0", seconds = "0"] = TIME_ZONE.exec(text) ?? [];
  const offsetUs = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1_000_000;
  const day = Number(DAY_US);
  const us = (readTimeUs(text) + (sign === "-" ? offsetUs : -offsetUs) + day) % day;
  const fraction = us % 1_000_000;
  const whole = Math.floor(us / 1_000_000);
  const two = (value: number) => String(value).padStart(2, "0");
  const time = `${two(Math.floor(whole / 3600))}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return fraction === 0 ? `${time}Z` : `${time}.${String(fraction).padStart(6, "0").replace(/0+$/, "")}Z`;
}

const INTERVAL = /^(?:([+-]?\d+) years? ?)?(?:([+-]?\d+) mons? ?)?(?:([+-]?\d+) days? ?)?(?:([+-]?)(\d+):(\d\d):(\d\d)(?:\.(\d+))?)?$/;

interface IntervalParts {
  readonly years: bigint;
  readonly months: bigint;
  readonly days: bigint;
  /** Of hours, minutes and seconds together. */
  readonly us: bigint;
}

function readInterval(text: string): IntervalParts {
  const [, years = "0", months = "0", days = "0", sign, hours = "0", minutes = "0", seconds = "0", fraction = ""] =
    INTERVAL.exec(text) ?? [];
  const us = BigInt(`${BigInt(hours) * 3600n + BigInt(minutes) * 60n + BigInt(seconds)}${fraction.padEnd(6, "0")}`);
  return { years: BigInt(years), months: BigInt(months), days: BigInt(days), us: sign === "-" ? -us : us };
}

/** `interval`: microseconds, a month being a twelfth of 365.25 days; or its parts as ISO 8601 writes them. */
export function intervalType({ intervals }: ValueOptions): ValueType {
  if (intervals === "string") return namedType("io.debezium.time.Interval", "string", intervalText, "P0Y0M0DT0H0M0S");
  return namedType("io.debezium.time.MicroDuration", "int64", intervalUs, 0n);
}

function intervalUs(text: string): bigint {
  if (text === "infinity") return INT64_MAX;
  if (text === "-infinity") return INT64_MIN;
  const { years, months, days, us } = readInterval(text);
  // 30.4375 days are 2,629,800 seconds.
  return clampInt64((years * 12n + months) * 2_629_800_000_000n + days * DAY_US + us);
}

function intervalText(text: string): string {
  const { years, months, days, us } = readInterval(text);
  const seconds = us / 1_000_000n;
  const rest = us % 1_000_000n;
  const fraction =
    rest === 0n
      ? ""
      : `.${String(rest < 0n ? -rest : rest)
          .padStart(6, "0")
          .replace(/0+$/, "")}`;
  const sign = us < 0n && seconds % 60n === 0n && rest !== 0n ? "-" : "";
  return `P${years}Y${months}M${days}DT${seconds / 3600n}H${(seconds / 60n) % 60n}M${sign}${seconds % 60n}${fraction}S`;
}
