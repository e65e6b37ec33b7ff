const DAY_US = 86_400_000_000;
/** Microseconds from 1970 that a double counts exactly, by a day less. */
const SAFE_DAYS = 104_000;

/** What PostgreSQL prints for a date or the beginning of a timestamp: year, month, day, and ` BC` at the very end. */
export interface DateParts {
  /** Astronomical: 0 is 1 BC. */
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** Where the text behind the date begins. */
  readonly end: number;
}

/** Reads `2026-03-04`, `10000-01-01`, `0044-03-15 12:00:00 BC`. */
export function readDate(text: string): DateParts {
  const yearEnd = text.indexOf("-");
  const written = Number(text.slice(0, yearEnd));
  return {
    year: text.endsWith(" BC") ? 1 - written : written,
    month: digits2(text, yearEnd + 1),
    day: digits2(text, yearEnd + 4),
    end: yearEnd + 6,
  };
}

const digits2 = (text: string, at: number): number => (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48;

/** Days since 1970 in the calendar of today, whatever the year. */
export function daysOf({ year, month, day }: DateParts): number {
  // Years that begin in March, so that the leap day is the last one.
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468;
}

/** Microseconds of `04:05:06.789012` from `at`; it may say 24:00:00. */
export function readTimeUs(text: string, at = 0): number {
  const seconds = digits2(text, at) * 3600 + digits2(text, at + 3) * 60 + digits2(text, at + 6);
  return seconds * 1_000_000 + readFractionUs(text, at + 8);
}

function readFractionUs(text: string, at: number): number {
  if (text.charCodeAt(at) !== 46) return 0;
  let us = 0;
  let unit = 100_000;
  for (let i = at + 1; unit >= 1; i++, unit /= 10) {
    const digit = text.charCodeAt(i) - 48;
    if (!(digit >= 0 && digit <= 9)) break;
    us += digit * unit;
  }
  return us;
}

/** Microseconds since 1970 of a timestamp in UTC. */
export function readTimestampUs(text: string): bigint {
  const date = readDate(text);
  const days = daysOf(date);
  const timeUs = readTimeUs(text, date.end + 1);
  if (days < SAFE_DAYS && days > -SAFE_DAYS) return BigInt(days * DAY_US + timeUs);
  return BigInt(days) * BigInt(DAY_US) + BigInt(timeUs);
}
