import { calendarDay } from "./calendar-day.ts";
import type { DatePattern } from "./date-pattern.ts";
import { MONTHS, short, WEEKDAYS } from "./names.ts";

const DAY_MS = 86_400_000;

/** A moment as Java's `SimpleDateFormat` writes it, in UTC and English. */
export function formatDate({ tokens }: DatePattern, date: Date): string {
  let text = "";
  for (const token of tokens) text += "literal" in token ? token.literal : field(token.letter, token.count, date);
  return text;
}

function field(letter: string, count: number, date: Date): string {
  const number = (value: number): string => String(value).padStart(count, "0");
  const hour = date.getUTCHours();
  switch (letter) {
    case "H":
      return number(hour);
    case "k":
      return number(hour === 0 ? 24 : hour);
    case "K":
      return number(hour % 12);
    case "h":
      return number(hour % 12 === 0 ? 12 : hour % 12);
    case "m":
      return number(date.getUTCMinutes());
    case "s":
      return number(date.getUTCSeconds());
    case "S":
      return number(date.getUTCMilliseconds());
    case "a":
      return hour < 12 ? "AM" : "PM";
    case "z":
      return count >= 4 ? "Coordinated Universal Time" : "UTC";
    case "Z":
      return "+0000";
    case "X":
      return "Z";
    case "E":
      return count >= 4 ? WEEKDAYS[date.getUTCDay()]! : short(WEEKDAYS[date.getUTCDay()]!);
    case "u":
      return number(date.getUTCDay() === 0 ? 7 : date.getUTCDay());
    default:
      return dayField(letter, count, date);
  }
}

function dayField(letter: string, count: number, date: Date): string {
  const { year, month, day } = calendarDay(date.getTime());
  const ofEra = year > 0 ? year : 1 - year;
  const number = (value: number): string => String(value).padStart(count, "0");
  switch (letter) {
    case "G":
      return year > 0 ? "AD" : "BC";
    case "y":
      return count === 2 ? String(ofEra % 100).padStart(2, "0") : number(ofEra);
    case "M":
    case "L":
      return count >= 4 ? MONTHS[month]! : count === 3 ? short(MONTHS[month]!) : number(month + 1);
    case "d":
      return number(day);
    case "F":
      return number(Math.ceil(day / 7));
    default:
      return number(dayOfYear(date));
  }
}

function dayOfYear(date: Date): number {
  const first = Date.UTC(date.getUTCFullYear(), 0, 1);
  return Math.floor((date.getTime() - first) / DAY_MS) + 1;
}
