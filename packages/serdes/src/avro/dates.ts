import { ValueProblem } from "../serde/format-engine.ts";

const DAY_MS = 86_400_000;
/** What a `Date` can hold. */
const DATE_MAX_MS = 8_640_000_000_000_000;
const DAY = /^(?:\d{4}|[+-]\d{6})-\d\d-\d\d$/;

/** Days since 1970 of a day's text, a Date, or themselves; undefined for what is none. */
export function daysOfDate(value: unknown): number | undefined {
  if (typeof value === "number") return (value | 0) === value ? value : undefined;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : Math.floor(value.getTime() / DAY_MS);
  if (typeof value !== "string" || !DAY.test(value)) return undefined;
  const ms = Date.parse(`${value}T00:00:00Z`);
  // The thirtieth of February is the second of March to some.
  return Number.isNaN(ms) || dayText(ms) !== value ? undefined : ms / DAY_MS;
}

export function textOfDays(days: number): string {
  const ms = days * DAY_MS;
  if (Math.abs(ms) > DATE_MAX_MS)
    throw new ValueProblem("", `the day ${days} is beyond what a text of a date holds; logicalTypes: false reads it`);
  return dayText(ms);
}

/** Undefined for a Date that is none. */
export function millisOfDate(value: Date): number | undefined {
  const ms = value.getTime();
  return Number.isNaN(ms) ? undefined : ms;
}

export function dateOfMillis(ms: number): Date {
  if (Math.abs(ms) > DATE_MAX_MS) throw new ValueProblem("", `the time ${ms} is beyond what a Date holds; logicalTypes: false reads it`);
  return new Date(ms);
}

function dayText(ms: number): string {
  return new Date(ms).toISOString().replace(/T.*$/, "");
}
