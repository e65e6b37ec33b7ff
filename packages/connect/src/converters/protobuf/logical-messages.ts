import { DataError } from "../../data/data-error.ts";
import { type Decimal, decimalBytes, decimalFromBytes, withScale } from "../../data/decimal.ts";
import { dayMsOf, daysOf, timeOfDayMs } from "../../data/logical-types.ts";

type Parts = Readonly<Record<string, unknown>>;

/** A decimal says its own scale. */
export function decimalMessage(value: Decimal, precision: number | undefined): Parts {
  return { value: decimalBytes(value), scale: value.scale, ...(precision === undefined ? {} : { precision }) };
}

/** @throws ConnectError CONNECT_DATA where digits would be lost. */
export function decimalOf(message: Parts, scale: number): Decimal {
  const bytes = message["value"] as Uint8Array;
  return withScale(decimalFromBytes(bytes.length === 0 ? ZERO : bytes, message["scale"] as number), scale);
}

/** Bytes that are not there are no digits: 0. */
const ZERO = Buffer.of(0);

export function dateMessage(date: Date): Parts {
  daysOf(date);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** @throws ConnectError CONNECT_DATA for a day that no calendar has, and for a year or a month alone. */
export function dateOf(message: Parts): Date {
  const [year, month, day] = [message["year"], message["month"], message["day"]] as [number, number, number];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day)
    throw new DataError(`the year ${year}, month ${month}, day ${day} is no day`);
  return date;
}

const [HOUR, MINUTE, SECOND] = [3_600_000, 60_000, 1_000];

export function timeMessage(time: Date): Parts {
  const ms = dayMsOf(time);
  return {
    hours: Math.floor(ms / HOUR),
    minutes: Math.floor(ms / MINUTE) % 60,
    seconds: Math.floor(ms / SECOND) % 60,
    nanos: (ms % SECOND) * 1_000_000,
  };
}

/** What is finer than a millisecond is cut off, as Connect's Time has no more. */
export function timeOf(message: Parts): Date {
  const [hours, minutes, seconds, nanos] = ["hours", "minutes", "seconds", "nanos"].map((name) => message[name] as number);
  return timeOfDayMs(hours! * HOUR + minutes! * MINUTE + seconds! * SECOND + Math.floor(nanos! / 1_000_000));
}

export function timestampMessage(date: Date): Parts {
  const ms = date.getTime();
  if (Number.isNaN(ms)) throw new DataError("a Date that is none is no timestamp");
  const seconds = Math.floor(ms / SECOND);
  return { seconds: BigInt(seconds), nanos: (ms - seconds * SECOND) * 1_000_000 };
}

/** Cut off in the same way. */
export function timestampOf(message: Parts): Date {
  const date = new Date(Number(message["seconds"]) * SECOND + Math.floor((message["nanos"] as number) / 1_000_000));
  if (Number.isNaN(date.getTime())) throw new DataError(`${String(message["seconds"])} s since 1970 is beyond the years that a Date has`);
  return date;
}
