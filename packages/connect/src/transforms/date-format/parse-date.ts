import { dateOfMs } from "../../data/logical-types.ts";
import { DataError, shown } from "../../data/data-error.ts";
import { dayMs } from "./calendar-day.ts";
import type { DatePattern, DateToken } from "./date-pattern.ts";
import { MONTHS, short, WEEKDAYS } from "./names.ts";

/** What was read so far. What is not there is 1970, January, the first, midnight. */
interface Fields {
  year: number;
  month: number;
  day: number;
  dayOfYear: number | undefined;
  isBeforeChrist: boolean;
  hour: number;
  isAfternoon: boolean;
  /** Whether the hour is one of twelve. */
  isHalfDay: boolean;
  minute: number;
  second: number;
  ms: number;
  zoneMs: number;
}

/** A place in a text; a reader moves it, and returns false where the text does not fit. */
interface Cursor {
  readonly text: string;
  at: number;
}

/**
 * A moment from a text, as Java's lenient `SimpleDateFormat` reads it in UTC and English: what comes behind what fits is not looked at, the 32nd of January is the 1st of February.
 * @throws ConnectError CONNECT_DATA
 */
export function parseDate(pattern: DatePattern, text: string, nowMs: number): Date {
  const cursor = { text, at: 0 };
  const fields: Fields = {
    year: 1970,
    month: 0,
    day: 1,
    dayOfYear: undefined,
    isBeforeChrist: false,
    hour: 0,
    isAfternoon: false,
    isHalfDay: false,
    minute: 0,
    second: 0,
    ms: 0,
    zoneMs: 0,
  };
  const { tokens } = pattern;
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index]!;
    const next = tokens[index + 1];
    const fits =
      "literal" in token
        ? readLiteral(cursor, token.literal)
        : readField(cursor, token, { isTight: next !== undefined && "letter" in next, fields, nowMs });
    if (!fits) throw new DataError(`${shown(text)} is no time of the pattern ${pattern.text}`);
  }
  return dateOfMs(momentOf(fields));
}

function momentOf(fields: Fields): number {
  const year = fields.isBeforeChrist ? 1 - fields.year : fields.year;
  const day = fields.dayOfYear === undefined ? { year, month: fields.month, day: fields.day } : { year, month: 0, day: fields.dayOfYear };
  const hour = fields.hour + (fields.isHalfDay && fields.isAfternoon ? 12 : 0);
  return dayMs(day) + ((hour * 60 + fields.minute) * 60 + fields.second) * 1000 + fields.ms - fields.zoneMs;
}

function readLiteral(cursor: Cursor, literal: string): boolean {
  if (!cursor.text.startsWith(literal, cursor.at)) return false;
  cursor.at += literal.length;
  return true;
}

interface Reading {
  /** Whether the next field follows at once, so that this one has as many digits as letters. */
  readonly isTight: boolean;
  readonly fields: Fields;
  readonly nowMs: number;
}

function readField(cursor: Cursor, { letter, count }: Extract<DateToken, { letter: string }>, reading: Reading): boolean {
  const { fields } = reading;
  const start = cursor.at;
  while (cursor.text[cursor.at] === " " || cursor.text[cursor.at] === "\t") cursor.at++;
  if (cursor.at >= cursor.text.length) return false;
  switch (letter) {
    case "G":
      return readWord(cursor, start, ["BC", "AD"], (index) => (fields.isBeforeChrist = index === 0));
    case "a":
      return readWord(cursor, start, ["AM", "PM"], (index) => (fields.isAfternoon = index === 1));
    case "E":
      return readWord(cursor, start, WEEKDAYS, () => {}) || readWord(cursor, start, WEEKDAYS.map(short), () => {});
    case "M":
    case "L":
      if (count >= 3) return readMonth(cursor, start, fields);
      break;
    case "z":
    case "Z":
      return readZone(cursor, start, fields);
    case "X":
      return readIsoZone(cursor, count, fields);
  }
  const from = cursor.at;
  const number = readNumber(cursor, reading.isTight ? start + count : undefined);
  if (number === undefined) return false;
  if (letter === "y" && count <= 2 && cursor.at - from === 2 && /^\d\d$/.test(cursor.text.slice(from, cursor.at)))
    fields.year = fullYear(number, reading.nowMs);
  else setNumber(fields, letter, number);
  return true;
}

function setNumber(fields: Fields, letter: string, number: number): void {
  switch (letter) {
    case "y":
      fields.year = number;
      return;
    case "M":
    case "L":
      fields.month = number - 1;
      return;
    case "d":
      fields.day = number;
      return;
    case "D":
      fields.dayOfYear = number;
      return;
    case "H":
    case "k":
      fields.hour = letter === "k" && number === 24 ? 0 : number;
      fields.isHalfDay = false;
      return;
    case "h":
    case "K":
      fields.hour = letter === "h" && number === 12 ? 0 : number;
      fields.isHalfDay = true;
      return;
    case "m":
      fields.minute = number;
      return;
    case "s":
      fields.second = number;
      return;
    case "S":
      fields.ms = number;
  }
}

/** Two digits are a year of the hundred that began eighty years ago. */
function fullYear(number: number, nowMs: number): number {
  const first = new Date(nowMs).getUTCFullYear() - 80;
  return first - (first % 100) + number + (number < first % 100 ? 100 : 0);
}

/** A whole number; `end`: not beyond there, and as many digits must be left. */
function readNumber(cursor: Cursor, end: number | undefined): number | undefined {
  if (end !== undefined && end > cursor.text.length) return undefined;
  const digits = /^-?\d+/.exec(cursor.text.slice(cursor.at, end ?? cursor.at + 25));
  if (digits === null) return undefined;
  cursor.at += digits[0].length;
  return Number(digits[0]) | 0;
}

/** The longest of the words that stands there, in whatever case. */
function readWord(cursor: Cursor, at: number, words: readonly string[], found: (index: number) => void): boolean {
  let best = -1;
  for (const [index, word] of words.entries()) {
    if (best >= 0 && words[best]!.length >= word.length) continue;
    if (cursor.text.slice(at, at + word.length).toLowerCase() === word.toLowerCase()) best = index;
  }
  if (best < 0) return false;
  cursor.at = at + words[best]!.length;
  found(best);
  return true;
}

function readMonth(cursor: Cursor, at: number, fields: Fields): boolean {
  const set = (index: number): void => {
    fields.month = index;
  };
  return readWord(cursor, at, MONTHS, set) || readWord(cursor, at, MONTHS.map(short), set);
}

/** UTC, GMT, GMT+1:00, +0100. Other zones' names are not known: a day in New York has no certain length. */
function readZone(cursor: Cursor, start: number, fields: Fields): boolean {
  const rest = cursor.text.slice(cursor.at);
  const offset = /^([+-])(\d\d)(\d\d)/.exec(rest);
  if (offset !== null) return setZone(cursor, offset, fields);
  const atStart = cursor.text.slice(start);
  const gmt = /^GMT(?:([+-])(\d\d?):(\d\d))?/i.exec(atStart);
  if (gmt !== null && !(gmt[1] === undefined && /^[+-]/.test(atStart.slice(3)))) {
    cursor.at = start;
    return setZone(cursor, gmt, fields);
  }
  const utc = /^(?:Coordinated Universal Time|UTC)/i.exec(rest);
  return utc !== null && setZone(cursor, utc, fields);
}

function readIsoZone(cursor: Cursor, count: number, fields: Fields): boolean {
  const rest = cursor.text.slice(cursor.at);
  const forms = [/^([+-])(\d\d)()/, /^([+-])(\d\d)(\d\d)/, /^([+-])(\d\d):(\d\d)/] as const;
  const match = rest.startsWith("Z") ? /^Z/.exec(rest) : forms[count - 1]?.exec(rest);
  return match !== null && match !== undefined && setZone(cursor, match, fields);
}

function setZone(cursor: Cursor, match: RegExpExecArray, fields: Fields): boolean {
  const [whole, sign, hours = "0", minutes = "0"] = match;
  if (Number(hours) > 23 || Number(minutes) > 59) return false;
  cursor.at += whole.length;
  fields.zoneMs = sign === undefined ? 0 : (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  return true;
}
