import { ConnectError } from "../../../connect-error.ts";
import { DataError, shown } from "../../../data/data-error.ts";

const TEXT = /^(\d{4,6})-(\d\d)-(\d\d)(?:([ T])(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d(?::\d\d)?)?)?)?$/;
/** What a JavaScript Date has. */
const US_MAX = 8_640_000_000_000_000_000n;

/** A time as a database writes it: microseconds since 1970, of UTC where the text says its offset, else of the zone that is meant. */
export interface ReadTime {
  readonly us: bigint;
  readonly isZoned: boolean;
}

/** @throws ConnectError CONNECT_DATA for what is none, infinity among it */
export function readTime(text: string): ReadTime {
  const [, year, month, day, , hour = "0", minute = "0", second = "0", fraction = "", offset] = TEXT.exec(text) ?? [];
  if (year === undefined) throw new DataError(`${shown(text)} has no form as a time of Connect`);
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const seconds = date.getTime() / 1000 + Number(hour) * 3600 + Number(minute) * 60 + Number(second) - offsetSeconds(offset);
  const us = BigInt(seconds) * 1_000_000n + BigInt(fraction.slice(0, 6).padEnd(6, "0"));
  if (Number.isNaN(seconds) || us > US_MAX) throw new DataError(`${shown(text)} has no form as a time of Connect`);
  return { us, isZoned: offset !== undefined };
}

function offsetSeconds(text: string | undefined): number {
  if (text === undefined || text === "Z") return 0;
  const digits = text.slice(1).replaceAll(":", "");
  const seconds = Number(digits.slice(0, 2)) * 3600 + Number(digits.slice(2, 4) || 0) * 60 + Number(digits.slice(4, 6) || 0);
  return text.startsWith("-") ? -seconds : seconds;
}

/** Milliseconds, cut towards the past. */
export function msOf(us: bigint): number {
  return Number(floorTo(us, 1000n) / 1000n);
}

export function floorTo(us: bigint, unit: bigint): bigint {
  const rest = us % unit;
  return us - (rest < 0n ? rest + unit : rest);
}

/** `2026-11-27 10:00:05.123456`, with so many digits behind the point. */
export function timeText(us: bigint, digits = 6, separator = " "): string {
  const seconds = floorTo(us, 1_000_000n);
  const text = new Date(Number(seconds / 1000n)).toISOString().slice(0, -5).replace("T", separator);
  const fraction = (us - seconds).toString().padStart(6, "0").slice(0, digits);
  return digits === 0 ? text : `${text}.${fraction}`;
}

/** Between a zone's own clock and UTC. Of a time that a clock shows twice the first is meant. */
export interface TimeZone {
  toUtc(us: bigint): bigint;
  toWall(us: bigint): bigint;
}

const UTC: TimeZone = { toUtc: (us) => us, toWall: (us) => us };
const MINUTE_MS = 60_000;

/** @throws ConnectError CONNECT_CONFIG for a zone that there is not */
export function timeZone(name: string): TimeZone {
  if (/^(?:UTC|GMT|Z|Etc\/UTC)$/i.test(name)) return UTC;
  let format: Intl.DateTimeFormat;
  try {
    const parts = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" } as const;
    format = new Intl.DateTimeFormat("en-US", { ...parts, timeZone: name, hourCycle: "h23" });
  } catch (error) {
    throw new ConnectError("CONNECT_CONFIG", `db.timezone: there is no zone "${name}"; name one as "Europe/Berlin".`, { cause: error });
  }
  let known = { fromMs: 0, offsetMs: Number.NaN };
  // Offsets change at whole quarters of an hour only.
  const offsetMs = (ms: number): number => {
    const fromMs = Math.floor(ms / (15 * MINUTE_MS)) * 15 * MINUTE_MS;
    if (known.fromMs === fromMs && !Number.isNaN(known.offsetMs)) return known.offsetMs;
    const at: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(fromMs)) at[type] = Number(value);
    const wallMs = Date.UTC(at["year"]!, at["month"]! - 1, at["day"], at["hour"], at["minute"], at["second"]);
    known = { fromMs, offsetMs: wallMs - fromMs };
    return known.offsetMs;
  };
  return {
    toWall: (us) => us + BigInt(offsetMs(msOf(us))) * 1000n,
    toUtc: (us) => {
      const wallMs = msOf(us);
      const early = offsetMs(wallMs - 86_400_000);
      const first = wallMs - early;
      const offset = offsetMs(first) === early ? early : offsetMs(wallMs - offsetMs(wallMs + 86_400_000));
      return us - BigInt(offset) * 1000n;
    },
  };
}
