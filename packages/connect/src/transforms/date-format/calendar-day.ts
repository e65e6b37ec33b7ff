/** Before this moment Java's calendar is the Julian one: the day after 4 October 1582 was the 15th. */
const CUTOVER_MS = -12_219_292_800_000;
const DAY_MS = 86_400_000;
/** Days from the Julian 1 March of the year 0 to 1970. */
const JULIAN_DAYS = 719_470;

export interface CalendarDay {
  /** The year before 1 is 0. */
  readonly year: number;
  /** From 0. */
  readonly month: number;
  readonly day: number;
}

/** The day of a moment in UTC, as Java's calendar has it. */
export function calendarDay(ms: number): CalendarDay {
  const date = new Date(ms);
  if (ms >= CUTOVER_MS) return { year: date.getUTCFullYear(), month: date.getUTCMonth(), day: date.getUTCDate() };
  const days = Math.floor(ms / DAY_MS) + JULIAN_DAYS;
  const cycle = Math.floor(days / 1461);
  const inCycle = days - cycle * 1461;
  const yearOfCycle = Math.min(3, Math.floor(inCycle / 365));
  const inYear = inCycle - yearOfCycle * 365;
  // Months from March on: 31, 30, 31, 30, 31 days again and again.
  const fromMarch = Math.floor((5 * inYear + 2) / 153);
  const day = inYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
  const month = (fromMarch + 2) % 12;
  return { year: cycle * 4 + yearOfCycle + (month < 2 ? 1 : 0), month, day };
}

/** Midnight of a day in UTC. Months and days beyond their end go on in the next one. */
export function dayMs({ year, month, day }: CalendarDay): number {
  const ms = new Date(0).setUTCFullYear(year, month, day);
  if (ms >= CUTOVER_MS) return ms;
  const monthsFromMarch = year * 12 + month - 2;
  const yearFromMarch = Math.floor(monthsFromMarch / 12);
  const fromMarch = monthsFromMarch - yearFromMarch * 12;
  const days = Math.floor(yearFromMarch * 365.25) + Math.floor((153 * fromMarch + 2) / 5) + day - 1;
  const julian = (days - JULIAN_DAYS) * DAY_MS;
  return julian >= CUTOVER_MS ? ms : julian;
}
