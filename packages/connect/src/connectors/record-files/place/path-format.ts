import { ConnectError } from "../../../connect-error.ts";

type Part = Intl.DateTimeFormatPartTypes;
type Write = (parts: Readonly<Partial<Record<Part, string>>>, ms: number) => string;

/**
 * Makes a time's folder of a pattern with the letters of Joda-Time that make sense in folders: Y y M d D H k h K m s S E a, texts in quotes. The time is a zone's own,
 * as milliseconds that would be so in UTC.
 * @throws ConnectError CONNECT_CONFIG for other letters and languages that are none.
 */
export function pathFormat(pattern: string, locale: string): (ms: number) => string {
  const numbers = formatter("en-US", { month: "2-digit" });
  const long = names(locale, "long");
  const short = names(locale, "short");
  const writes = tokens(pattern).map((token): Write => (typeof token === "string" ? () => token : letter(pattern, token, long, short)));
  return (ms) => {
    const parts: Partial<Record<Part, string>> = {};
    for (const { type, value } of numbers.formatToParts(ms)) parts[type] = value;
    let text = "";
    for (const write of writes) text += write(parts, ms);
    return text;
  };
}

interface Letters {
  readonly letter: string;
  readonly count: number;
}

function tokens(pattern: string): (string | Letters)[] {
  const found: (string | Letters)[] = [];
  for (const [whole, quoted, letters] of pattern.matchAll(/'((?:[^']|'')*)'|(([A-Za-z])\3*)|[^A-Za-z']+|'/g)) {
    if (quoted !== undefined) found.push(quoted === "" ? "'" : quoted.replaceAll("''", "'"));
    else if (letters !== undefined) found.push({ letter: letters[0]!, count: letters.length });
    else if (whole === "'") throw new ConnectError("CONNECT_CONFIG", `path.format ${pattern} has a quote that nothing ends.`);
    else found.push(whole);
  }
  return found;
}

function letter(pattern: string, { letter: sign, count }: Letters, long: Named, short: Named): Write {
  const number = (value: number): string => String(value).padStart(count, "0");
  const hour = (parts: Parameters<Write>[0]): number => Number(parts.hour) % 24;
  switch (sign) {
    case "Y":
    case "y":
      return ({ year }) => (count === 2 ? number(Number(year) % 100) : number(Number(year)));
    case "M":
      if (count < 3) return ({ month }) => number(Number(month));
      return (_, ms) => (count > 3 ? long : short)(ms, "month");
    case "d":
      return ({ day }) => number(Number(day));
    case "D":
      return ({ year, month, day }) =>
        number((Date.UTC(Number(year), Number(month) - 1, Number(day)) - Date.UTC(Number(year), 0, 1)) / 86_400_000 + 1);
    case "E":
      return (_, ms) => (count > 3 ? long : short)(ms, "weekday");
    case "H":
      return (parts) => number(hour(parts));
    case "k":
      return (parts) => number(hour(parts) || 24);
    case "K":
      return (parts) => number(hour(parts) % 12);
    case "h":
      return (parts) => number(hour(parts) % 12 || 12);
    case "m":
      return ({ minute }) => number(Number(minute));
    case "s":
      return ({ second }) => number(Number(second));
    case "S":
      return ({ fractionalSecond }) => (fractionalSecond ?? "000").padEnd(count, "0").slice(0, count);
    case "a":
      return (parts) => (hour(parts) < 12 ? "AM" : "PM");
    default:
      throw new ConnectError(
        "CONNECT_CONFIG",
        `path.format ${pattern} has the letter ${sign}, which is not taken here; letters that stand for themselves go in quotes.`,
      );
  }
}

type Named = (ms: number, part: "month" | "weekday") => string;

function names(locale: string, width: "long" | "short"): Named {
  const made = formatter(locale, { month: width, weekday: width });
  return (ms, part) => made.formatToParts(ms).find(({ type }) => type === part)?.value ?? "";
}

function formatter(locale: string, shape: Pick<Intl.DateTimeFormatOptions, "month" | "weekday">): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat(locale.replace("_", "-"), {
      ...shape,
      calendar: "gregory",
      numberingSystem: "latn",
      timeZone: "UTC",
      year: "numeric",
      day: "2-digit",
      hour: "2-digit",
      hourCycle: "h23",
      minute: "2-digit",
      second: "2-digit",
      fractionalSecondDigits: 3,
    });
  } catch (error) {
    throw new ConnectError("CONNECT_CONFIG", `locale ${locale} is no language.`, { cause: error });
  }
}
