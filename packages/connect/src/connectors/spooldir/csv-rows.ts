import { ConnectError } from "../../connect-error.ts";
import { DataError, shown } from "../../data/data-error.ts";
import { decimalFromText, withScale } from "../../data/decimal.ts";
import { checkValue } from "../../data/check-value.ts";
import { dateSchema, decimalSchema, timestampSchema } from "../../data/logical-types.ts";
import { optional, plain, struct } from "../../data/make-schema.ts";
import type { ConnectSchema } from "../../data/schema.ts";
import type { SpooldirSettings } from "./spooldir-config.ts";

interface CsvField {
  readonly text: string;
  readonly isQuoted: boolean;
}

interface CsvType {
  readonly schema: ConnectSchema;
  read(text: string): unknown;
}

/** The fields of a row. Throws DataError for quotes that are out of place. */
function csvFields(row: string, separator: string, quote: string): CsvField[] {
  const fields: CsvField[] = [];
  for (let at = 0; ; ) {
    if (row[at] === quote) {
      let text = "";
      let end = at + 1;
      for (;;) {
        const next = row.indexOf(quote, end);
        if (next < 0) throw new DataError("a quote is not ended");
        text += row.slice(end, next);
        end = next + 1;
        if (row[end] !== quote) break;
        text += quote;
        end++;
      }
      fields.push({ text, isQuoted: true });
      if (end >= row.length) return fields;
      if (row[end] !== separator)
        throw new DataError(`behind the quotes of field ${fields.length} stands ${shown(row.slice(end, end + 10))}`);
      at = end + 1;
    } else {
      const end = row.indexOf(separator, at);
      fields.push({ text: end < 0 ? row.slice(at) : row.slice(at, end), isQuoted: false });
      if (end < 0) return fields;
      at = end + 1;
    }
  }
}

/** Makes values of rows. */
export class CsvRows {
  readonly #settings: SpooldirSettings;
  readonly #types: ReadonlyMap<string, CsvType>;
  readonly #separator: string;
  readonly #quote: string;
  #columns: readonly { readonly name: string; readonly type: CsvType }[] | undefined;
  #schema: ConnectSchema | undefined;

  /** @throws ConnectError CONNECT_CONFIG for types that there are not */
  constructor(settings: SpooldirSettings) {
    this.#settings = settings;
    this.#separator = String.fromCharCode(settings["csv.separator.char"]);
    this.#quote = String.fromCharCode(settings["csv.quote.char"]);
    this.#types = new Map(settings["ottla.csv.types"].map((text) => typeNamed(text)));
  }

  /** The names that a file's first row has; undefined: none, they are made of the first row that comes. */
  header(row: string | undefined): void {
    this.#columns =
      row === undefined ? undefined : this.#named(csvFields(row, this.#separator, this.#quote).map(({ text }) => text.trim()));
  }

  /** @throws DataError for a row that is not as the others, and for values that are not of their type */
  read(row: string): { readonly value: Record<string, unknown>; readonly schema: ConnectSchema } {
    const fields = csvFields(row, this.#separator, this.#quote);
    this.#columns ??= this.#named(
      fields.map((_, index) => [...this.#types.keys()][index] ?? `column${String(index + 1).padStart(2, "0")}`),
    );
    if (fields.length !== this.#columns.length)
      throw new DataError(`the row has ${fields.length} fields, and there are ${this.#columns.length} names`);
    const value: Record<string, unknown> = {};
    for (const [index, { name, type }] of this.#columns.entries()) value[name] = this.#valueOf(fields[index]!, name, type);
    return { value, schema: this.#schema! };
  }

  #named(names: readonly string[]): readonly { readonly name: string; readonly type: CsvType }[] {
    if (names.includes("") || names.includes("__proto__"))
      throw new DataError(`the first row has an empty name among ${shown(names.join())}; csv.first.row.as.header=false takes it as values`);
    const lacks = [...this.#types.keys()].filter((name) => !names.includes(name));
    if (lacks.length > 0)
      throw new DataError(`the setting ottla.csv.types names ${lacks.join(", ")}, and the file has ${names.join(", ")}`);
    const columns = names.map((name) => ({ name, type: this.#types.get(name) ?? STRING }));
    this.#schema = schemaOf(columns, this.#schema);
    return columns;
  }

  #valueOf({ text, isQuoted }: CsvField, name: string, { schema, read }: CsvType): unknown {
    if (text === "") {
      const nulls = this.#settings["csv.null.field.indicator"];
      if (schema.type !== "string" || nulls === "BOTH" || nulls === (isQuoted ? "EMPTY_QUOTES" : "EMPTY_SEPARATORS")) return null;
    }
    try {
      const value = read(text);
      checkValue(schema, value);
      return value;
    } catch (error) {
      throw new DataError(`${shown(text)} is no ${schema.name?.split(".").at(-1) ?? schema.type}`, name, error);
    }
  }
}

/** The same schema for the same names, since what others derive of it is remembered under it. */
function schemaOf(columns: readonly { readonly name: string; readonly type: CsvType }[], last: ConnectSchema | undefined): ConnectSchema {
  if (
    last !== undefined &&
    last.fields!.length === columns.length &&
    columns.every(({ name }, index) => last.fields![index]!.name === name)
  )
    return last;
  return struct(columns.map(({ name, type }) => ({ name, schema: optional(type.schema) })));
}

const STRING: CsvType = { schema: plain("string"), read: (text) => text };
const number = (text: string): number => (text.trim() === "" ? Number.NaN : Number(text));
const whole = (type: "int8" | "int16" | "int32"): CsvType => ({ schema: plain(type), read: number });
const real = (type: "float" | "double"): CsvType => ({
  schema: plain(type),
  read: (text) => (Number.isNaN(number(text)) && text !== "NaN" ? text : number(text)),
});
const TYPES: Readonly<Record<string, CsvType>> = {
  int8: whole("int8"),
  int16: whole("int16"),
  int32: whole("int32"),
  int64: { schema: plain("int64"), read: (text) => (/^[+-]?\d+$/.test(text.trim()) ? BigInt(text) : text) },
  float: real("float"),
  double: real("double"),
  boolean: {
    schema: plain("boolean"),
    read: (text) => (/^(?:true|1|yes)$/i.test(text) ? true : /^(?:false|0|no)$/i.test(text) ? false : text),
  },
  string: STRING,
  date: { schema: dateSchema(), read: (text) => (/^\d{4}-\d\d-\d\d$/.test(text) ? new Date(text) : text) },
  timestamp: {
    schema: timestampSchema(),
    read: (text) => new Date(/^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?$/.test(text) ? `${text.replace(" ", "T")}Z` : text),
  },
};

function typeNamed(text: string): readonly [string, CsvType] {
  const colon = text.lastIndexOf(":");
  const [name, type] = [text.slice(0, colon).trim(), text.slice(colon + 1).trim()];
  const [, scale] = /^decimal\((\d{1,3})\)$/.exec(type) ?? [];
  if (colon > 0 && scale !== undefined)
    return [name, { schema: decimalSchema(Number(scale)), read: (digits) => withScale(decimalFromText(digits.trim()), Number(scale)) }];
  const known = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
  if (colon > 0 && known !== undefined) return [name, known];
  throw new ConnectError(
    "CONNECT_CONFIG",
    `ottla.csv.types: "${text}" is not of the form name:type, with a type of ${Object.keys(TYPES).join(", ")} or decimal(SCALE).`,
  );
}
