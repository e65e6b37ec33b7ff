import { ConnectError } from "../../../connect-error.ts";
import { decimalFromText, withScale } from "../../../data/decimal.ts";
import { daysOf, microsOf, type NO_DATE } from "./calendar.ts";
import type { ColumnFacts } from "./column-facts.ts";

const DATE = /^(\d{4,5})-(\d\d)-(\d\d)$/;
const DATETIME = /^(\d{4,5})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?$/;
const TIME = /^(-?)(\d{1,3}):(\d\d):(\d\d)(?:\.(\d{1,6}))?$/;

/** How a cell of a query's answer becomes the raw value that the binlog has for it (`CellReader`). The session is in UTC and utf8mb4, and asks as {@link selectedAs} says. */
export function textReaderOf(facts: ColumnFacts): (text: Buffer) => unknown {
  const { kind, scale } = facts;
  switch (kind) {
    case "tinyint":
    case "smallint":
    case "mediumint":
    case "int":
    case "year":
    case "enum":
    case "double":
      return (text) => numberOf(text.toString("latin1"));
    case "float":
      return (text) => Math.fround(numberOf(text.toString("latin1")));
    case "bigint":
    case "set":
      return (text) => BigInt(text.toString("latin1"));
    case "decimal":
      return (text) => withScale(decimalFromText(text.toString("latin1")), scale);
    case "date":
      return (text) => dateOf(text.toString("latin1"));
    case "datetime":
    case "timestamp":
      return (text) => datetimeOf(text.toString("latin1"));
    case "time":
      return (text) => timeOf(text.toString("latin1"));
    case "bit":
    case "bytes":
    case "point":
    case "geometry":
      return (text) => Buffer.from(text);
    case "string":
    case "json":
    case "uuid":
    case "inet4":
    case "inet6":
      return (text) => text.toString("utf8");
  }
}

/** How a column is asked for so that nothing of it is lost: a float's text has six digits, and labels may be any text. */
export function selectedAs({ kind }: ColumnFacts, quotedName: string): string {
  if (kind === "float") return `${quotedName} + 0e0`;
  return kind === "enum" || kind === "set" ? `CAST(${quotedName} AS UNSIGNED)` : quotedName;
}

function numberOf(text: string): number {
  const value = Number(text);
  if (text === "" || Number.isNaN(value)) throw new ConnectError("CONNECT_DATA", `"${text}" is no number.`);
  return value;
}

const microsOfFraction = (fraction = ""): number => Number(fraction.padEnd(6, "0"));

function dateOf(text: string): number | typeof NO_DATE {
  const [, year, month, day] = DATE.exec(text) ?? refuse(text, "date");
  return daysOf(Number(year), Number(month), Number(day));
}

function datetimeOf(text: string): bigint | typeof NO_DATE {
  const [, year, month, day, hour, minute, second, fraction] = DATETIME.exec(text) ?? refuse(text, "date with a time");
  const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second);
  return microsOf(daysOf(Number(year), Number(month), Number(day)), seconds, microsOfFraction(fraction));
}

function timeOf(text: string): number {
  const [, sign, hour, minute, second, fraction] = TIME.exec(text) ?? refuse(text, "time");
  const micros = (Number(hour) * 3600 + Number(minute) * 60 + Number(second)) * 1_000_000 + microsOfFraction(fraction);
  return sign === "-" && micros !== 0 ? -micros : micros;
}

function refuse(text: string, what: string): never {
  throw new ConnectError("CONNECT_DATA", `"${text}" is no ${what}.`);
}
