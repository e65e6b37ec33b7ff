const DAY_MS = 86_400_000;

/** A date that no calendar has: `0000-00-00`, `2026-00-00`, 30 February where the server lets it pass. */
export const NO_DATE: unique symbol = Symbol("no date");

/** Days since 1970 in the calendar of today; years from 0. */
export function daysOf(year: number, month: number, day: number): number | typeof NO_DATE {
  if (month === 0 || day === 0) return NO_DATE;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 ? date.getTime() / DAY_MS : NO_DATE;
}

/** Microseconds since 1970, as if it were UTC. */
export function microsOf(days: number | typeof NO_DATE, secondOfDay: number, micros: number): bigint | typeof NO_DATE {
  if (days === NO_DATE) return NO_DATE;
  return BigInt(days * 86_400 + secondOfDay) * 1_000_000n + BigInt(micros);
}
