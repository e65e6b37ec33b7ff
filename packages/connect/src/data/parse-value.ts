import { type Decimal, decimalFromText, decimalJavaText } from "./decimal.ts";
import { DATE, TIME } from "./logical-names.ts";
import { dateSchema, decimalSchema, timeSchema, timestampSchema } from "./logical-types.ts";
import { array, map, plain, type PlainType } from "./make-schema.ts";
import { sameSchema } from "./same-schema.ts";
import type { ConnectSchema, ConnectType, SchemaAndValue } from "./schema.ts";

/** Deeper, a text is a text. */
const DEPTH_MAX = 100;
const DELIMITERS = /\\[^]|[:,{}[\]"]|(?:[^\\:,{}[\]"]|\\$)+/g;
const FLOAT_MAX = 3.402_823_669_209_385e38;
const WIDER: readonly ConnectType[] = ["int8", "int16", "int32", "int64", "float", "double"];
const NULL: SchemaAndValue = { schema: undefined, value: null };
const TIME_FORM = /^\d\d:\d\d:\d\d\.\d{3}Z$/;
const DATE_FORM = /^\d{4}-\d\d-\d\d$/;
const TIMESTAMP_FORM = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** What a text is no list and no map for. */
class NoParts extends Error {}

/**
 * What a text says, as Apache Connect guesses it in headers: `null`, `true`, the smallest type of whole numbers, FLOAT32 for fractions, times by ISO 8601, `[1,2]`, `{"a":1}`; all else is a text. Lists and
 * maps whose parts have no common type have no schema.
 */
export function parseValue(text: string): SchemaAndValue {
  const scalar = parseScalar(text.trim());
  if (scalar !== undefined) return scalar;
  const opens = text.trimStart()[0];
  if (opens === "[" || opens === "{") {
    try {
      const parser = new PartsParser(text);
      const parsed = parser.value(0);
      if (parser.isAtEnd()) return parsed;
    } catch (error) {
      if (!(error instanceof NoParts)) throw error;
    }
  }
  return { schema: plain("string"), value: text };
}

function parseScalar(text: string): SchemaAndValue | undefined {
  if (text === "null") return NULL;
  if (text === "true" || text === "false") return { schema: plain("boolean"), value: text === "true" };
  return parseTime(text) ?? parseNumber(text);
}

function parseTime(text: string): SchemaAndValue | undefined {
  const plainText = text.replaceAll("\\:", ":");
  if (TIMESTAMP_FORM.test(plainText)) return timeOf(timestampSchema(), plainText);
  if (DATE_FORM.test(plainText)) return timeOf(dateSchema(), `${plainText}T00:00:00.000Z`);
  return TIME_FORM.test(plainText) ? timeOf(timeSchema(), `1970-01-01T${plainText}`) : undefined;
}

/** Days and hours beyond their end go on in the next ones. */
function timeOf(schema: ConnectSchema, iso: string): SchemaAndValue {
  const [year, month, day, hour, minute, second, ms] = iso.split(/[-T:.Z]/).map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year!, month! - 1, day);
  date.setUTCHours(hour!, minute, second, ms);
  return { schema, value: date };
}

function parseNumber(text: string): SchemaAndValue | undefined {
  if (!/^[+-]?\d/.test(text)) return undefined;
  let decimal: Decimal;
  try {
    decimal = decimalFromText(text);
  } catch {
    return undefined;
  }
  const whole = wholeOf(decimal);
  if (whole !== undefined) return whole;
  const double = Number(decimalJavaText(decimal));
  if (decimal.scale !== 0 && Math.abs(double) < FLOAT_MAX) return { schema: plain("float"), value: Math.fround(double) };
  if (decimal.scale !== 0 && Number.isFinite(double)) return { schema: plain("double"), value: double };
  return { schema: decimalSchema(decimal.scale), value: decimal };
}

/** Of 64 bits at most. */
function wholeOf({ unscaled, scale }: Decimal): SchemaAndValue | undefined {
  if (unscaled !== 0n && Math.abs(scale) > 400) return undefined;
  const divisor = 10n ** BigInt(Math.max(scale, 0));
  if (unscaled !== 0n && unscaled % divisor !== 0n) return undefined;
  const whole = unscaled === 0n ? 0n : (unscaled / divisor) * 10n ** BigInt(Math.max(-scale, 0));
  for (const [bits, type] of [
    [8, "int8"],
    [16, "int16"],
    [32, "int32"],
  ] as const)
    if (BigInt.asIntN(bits, whole) === whole) return { schema: plain(type), value: Number(whole) };
  return BigInt.asIntN(64, whole) === whole ? { schema: plain("int64"), value: whole } : undefined;
}

/** Lists and maps, out of pieces that are delimiters or what stands between them. */
class PartsParser {
  readonly #pieces: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#pieces = joined(text.match(DELIMITERS) ?? []);
  }

  isAtEnd(): boolean {
    return this.#peek() === undefined;
  }

  value(depth: number): SchemaAndValue {
    if (depth > DEPTH_MAX) throw new NoParts();
    const piece = this.#take();
    if (piece === "[") return this.#list(depth + 1);
    if (piece === "{") return this.#map(depth + 1);
    if (piece === '"') return this.#quoted();
    return this.#scalar(piece);
  }

  #scalar(piece: string): SchemaAndValue {
    // Times have colons in them, which are delimiters too.
    const time = parseTime((piece + this.#pieces.slice(this.#at, this.#at + 4).join("")).trim());
    if (time !== undefined) {
      this.#at += 4;
      return time;
    }
    const scalar = parseScalar(piece.trim());
    if (scalar === undefined) throw new NoParts();
    return scalar;
  }

  #quoted(): SchemaAndValue {
    let text = "";
    for (;;) {
      const piece = this.#pieces[this.#at++];
      if (piece === undefined) throw new NoParts();
      if (piece === '"') break;
      text += piece;
    }
    return parseTime(text) ?? { schema: plain("string"), value: text };
  }

  #list(depth: number): SchemaAndValue {
    const items: SchemaAndValue[] = [];
    while (!this.#takes("]")) {
      items.push(this.value(depth));
      if (this.#peek() !== "]" && !this.#takes(",")) throw new NoParts();
    }
    const schema = commonSchema(items);
    if (schema === undefined) return { schema: undefined, value: items.map(plainOf) };
    return { schema: array(schema), value: items.map((item) => widened(item, schema)) };
  }

  #map(depth: number): SchemaAndValue {
    const entries: (readonly [SchemaAndValue, SchemaAndValue])[] = [];
    while (!this.#takes("}")) {
      const key = this.value(depth);
      if (key.value === null || !this.#takes(":")) throw new NoParts();
      entries.push([key, this.value(depth)]);
      // Java takes entries without a comma between them, and one behind the last.
      this.#takes(",");
    }
    const [keySchema, valueSchema] = [commonSchema(entries.map(([key]) => key)), commonSchema(entries.map(([, value]) => value))];
    if (keySchema === undefined || valueSchema === undefined)
      return { schema: undefined, value: new Map(entries.map(([key, value]) => [plainOf(key), plainOf(value)])) };
    return {
      schema: map(keySchema, valueSchema),
      value: new Map(entries.map(([key, value]) => [widened(key, keySchema), widened(value, valueSchema)])),
    };
  }

  #peek(): string | undefined {
    while (this.#pieces[this.#at]?.trim() === "") this.#at++;
    return this.#pieces[this.#at];
  }

  #take(): string {
    const piece = this.#peek();
    if (piece === undefined || piece === "," || piece === ":" || piece === "]" || piece === "}") throw new NoParts();
    this.#at++;
    return piece;
  }

  #takes(delimiter: string): boolean {
    if (this.#peek() !== delimiter) return false;
    this.#at++;
    return true;
  }
}

/** What is escaped belongs to what stands around it. */
function joined(found: readonly string[]): readonly string[] {
  const pieces: string[] = [];
  for (const piece of found) {
    const last = pieces.at(-1);
    const isText = piece.length > 1 || !/[:,{}[\]"]/.test(piece);
    if (isText && last !== undefined && (last.length > 1 || !/[:,{}[\]"]/.test(last))) pieces[pieces.length - 1] = last + piece;
    else pieces.push(piece);
  }
  return pieces;
}

/** Where null stands among others Java takes all for a text. */
function commonSchema(items: readonly SchemaAndValue[]): ConnectSchema | undefined {
  const nulls = items.filter(({ value }) => value === null).length;
  if (nulls === items.length) return undefined;
  let common: ConnectSchema | undefined;
  for (const { schema } of items) {
    if (schema === undefined && nulls > 0) throw new NoParts();
    if (schema === undefined) return undefined;
    if (common === undefined) common = schema;
    else if (!sameSchema(common, schema)) {
      const [left, right] = [WIDER.indexOf(common.type), WIDER.indexOf(schema.type)];
      if (left < 0 || right < 0 || isTime(common) || isTime(schema)) return undefined;
      common = plain(WIDER[Math.max(left, right)] as PlainType);
    }
  }
  return common;
}

function isTime({ name }: ConnectSchema): boolean {
  return name === DATE || name === TIME;
}

function widened({ value }: SchemaAndValue, to: ConnectSchema): unknown {
  if (to.type === "int64" && to.name === undefined && typeof value === "number") return BigInt(value);
  if (typeof value === "bigint" && (to.type === "float" || to.type === "double"))
    return to.type === "float" ? Math.fround(Number(value)) : Number(value);
  return to.type === "float" && typeof value === "number" ? Math.fround(value) : value;
}

function plainOf({ value }: SchemaAndValue): unknown {
  return typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
