import type { ColumnFacts, ColumnKind } from "../values/column-facts.ts";

const KINDS: Readonly<Record<string, ColumnKind>> = {
  tinyint: "tinyint",
  smallint: "smallint",
  mediumint: "mediumint",
  int: "int",
  bigint: "bigint",
  decimal: "decimal",
  float: "float",
  double: "double",
  bit: "bit",
  year: "year",
  date: "date",
  time: "time",
  datetime: "datetime",
  timestamp: "timestamp",
  char: "string",
  varchar: "string",
  tinytext: "string",
  text: "string",
  mediumtext: "string",
  longtext: "string",
  binary: "bytes",
  varbinary: "bytes",
  tinyblob: "bytes",
  blob: "bytes",
  mediumblob: "bytes",
  longblob: "bytes",
  enum: "enum",
  set: "set",
  json: "json",
  point: "point",
  geometry: "geometry",
  linestring: "geometry",
  polygon: "geometry",
  multipoint: "geometry",
  multilinestring: "geometry",
  multipolygon: "geometry",
  geometrycollection: "geometry",
  geomcollection: "geometry",
  uuid: "uuid",
  inet4: "inet4",
  inet6: "inet6",
};

type Cell = string | null | undefined;

/** A row of information_schema.COLUMNS, in the order in which the catalog asks. A type that is not known is bytes. */
export function catalogColumn(row: readonly Cell[], isMariaDb: boolean): ColumnFacts {
  const [name, dataType, columnType, isNullable, precision, scale, digits, octets, defaultText, extra] = row;
  const kind = KINDS[(dataType ?? "").toLowerCase()] ?? "bytes";
  const type = columnType ?? "";
  const isTime = kind === "time" || kind === "datetime" || kind === "timestamp";
  const labels = kind === "enum" || kind === "set" ? quotedTexts(type) : [];
  return {
    name: name ?? "",
    kind,
    isUnsigned: /\bunsigned\b/i.test(type),
    isNullable: isNullable === "YES",
    length: Number((isTime ? digits : kind === "bytes" ? octets : precision) ?? 0),
    scale: Number(scale ?? 0),
    labels,
    isWideFloat: kind === "float" && /^float\(\d+,\d+\)/i.test(type),
    defaultText: defaultOf(kind, labels, defaultText, extra ?? "", isMariaDb),
  };
}

/** The texts in quotes: `enum('a','it''s')`. */
function quotedTexts(type: string): string[] {
  return [...type.matchAll(/'((?:[^'\\]|''|\\.)*)'/gs)].map(([, text]) => unescaped(text!));
}

const ESCAPES: Readonly<Record<string, string>> = { "0": "\0", n: "\n", r: "\r", t: "\t", b: "\b", Z: "\x1a" };

const unescaped = (text: string): string =>
  text.replace(/''|\\(.)/gs, (_, escaped: string | undefined) => (escaped === undefined ? "'" : (ESCAPES[escaped] ?? escaped)));

/** A constant default as the text protocol would give the column; expressions have none. */
function defaultOf(kind: ColumnKind, labels: readonly string[], text: Cell, extra: string, isMariaDb: boolean): Buffer | undefined {
  if (text === null || text === undefined || /GENERATED/i.test(extra)) return undefined;
  const constant = isMariaDb ? constantOf(text) : text;
  if (constant === undefined) return undefined;
  if (kind === "bit") return bitsOf(text);
  // MySQL shows bytes as the literal that means them.
  if (kind === "bytes" && !isMariaDb && /^0x(?:[\da-f]{2})*$/i.test(constant)) return Buffer.from(constant.slice(2), "hex");
  if (kind === "enum") return Buffer.from(String(labels.indexOf(constant) + 1));
  if (kind === "set") return Buffer.from(String(bitsOfLabels(labels, constant)));
  return Buffer.from(constant);
}

/** What a literal of SQL says; undefined: it is none (`current_timestamp()`, `1 + 1`, NULL). */
function constantOf(text: string): string | undefined {
  if (/^-?\d+(?:\.\d*)?(?:e[+-]?\d+)?$/i.test(text) || /^b'[01]*'$/i.test(text)) return text;
  const quoted = /^'((?:[^'\\]|''|\\.)*)'$/s.exec(text);
  return quoted === null ? undefined : unescaped(quoted[1]!);
}

function bitsOf(text: string): Buffer | undefined {
  const digits = /^b'([01]+)'$/i.exec(text)?.[1] ?? (/^\d+$/.test(text) ? BigInt(text).toString(2) : undefined);
  if (digits === undefined) return undefined;
  return Buffer.from(
    BigInt(`0b${digits}`)
      .toString(16)
      .padStart(Math.ceil(digits.length / 8) * 2, "0"),
    "hex",
  );
}

function bitsOfLabels(labels: readonly string[], text: string): bigint {
  return text === "" ? 0n : text.split(",").reduce((bits, label) => bits | (1n << BigInt(Math.max(0, labels.indexOf(label)))), 0n);
}
