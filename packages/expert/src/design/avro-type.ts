import { OttlaError } from "@ottla/base";

/** An Avro type as JSON. */
export type AvroType = string | readonly AvroType[] | { readonly [key: string]: unknown };

const SIMPLE: Readonly<Record<string, AvroType>> = {
  string: "string",
  int: "int",
  long: "long",
  float: "float",
  double: "double",
  boolean: "boolean",
  bytes: "bytes",
  uuid: { type: "string", logicalType: "uuid" },
  date: { type: "int", logicalType: "date" },
  time: { type: "int", logicalType: "time-millis" },
  timestamp: { type: "long", logicalType: "timestamp-millis" },
  money: { type: "bytes", logicalType: "decimal", precision: 19, scale: 4 },
};

/** What a design file may write, for documentation and error texts. */
export const TYPE_WORDS = `${Object.keys(SIMPLE).join(", ")}, decimal(P,S), enum(A|B), array<T>, map<T>, each with ? behind it where it may be missing`;

/** Types within types; more is no schema that anybody reads. */
const DEPTH_MAX = 8;
const PRECISION_MAX = 1000;

/**
 * The Avro type of `decimal(12,2)`, `array<string>`, `enum(NEW|PAID)`, `string?`. Amounts are decimals and times have a logical type, inside the type, where Avro reads it. `name` is that of
 * the field, which an enum takes. Errors: `INVALID_FIELD_TYPE`.
 */
export function avroTypeOf(text: string, name = "Value", depth = 0): AvroType {
  const word = text.trim();
  if (depth > DEPTH_MAX) throw invalid(`"${text.slice(0, 40)}" is too deep: ${DEPTH_MAX} types within types at most.`);
  if (word.endsWith("?")) return ["null", avroTypeOf(word.slice(0, -1), name, depth + 1)];
  const simple = Object.hasOwn(SIMPLE, word) ? SIMPLE[word] : undefined;
  if (simple !== undefined) return simple;
  const container = /^(array|map)<(.+)>$/.exec(word);
  if (container) {
    const inner = avroTypeOf(container[2]!, name, depth + 1);
    return container[1] === "array" ? { type: "array", items: inner } : { type: "map", values: inner };
  }
  const decimal = /^decimal\(\s*(\d{1,4})\s*,\s*(\d{1,4})\s*\)$/.exec(word);
  if (decimal) return decimalOf(Number(decimal[1]), Number(decimal[2]), word);
  const symbols = /^enum\((.+)\)$/
    .exec(word)?.[1]
    ?.split("|")
    .map((symbol) => symbol.trim());
  if (symbols) return enumOf(symbols, name);
  throw invalid(`"${word.slice(0, 80)}" is no type; write ${TYPE_WORDS}.`);
}

function decimalOf(precision: number, scale: number, word: string): AvroType {
  if (precision < 1 || precision > PRECISION_MAX || scale > precision)
    throw invalid(`"${word}" is no decimal: digits from 1 to ${PRECISION_MAX}, and no more of them behind the point.`);
  return { type: "bytes", logicalType: "decimal", precision, scale };
}

function enumOf(symbols: readonly string[], name: string): AvroType {
  const bad = symbols.find((symbol) => !/^[A-Za-z_]\w*$/.test(symbol));
  if (bad !== undefined) throw invalid(`"${bad.slice(0, 40)}" is no symbol of an enum: letters, digits and "_" make one.`);
  if (new Set(symbols).size < symbols.length) throw invalid("A symbol stands twice in the enum.");
  // Readers of an older schema take the default for a symbol that they do not know: a new symbol breaks nobody.
  const unknown = symbols.includes("UNKNOWN") ? symbols : [...symbols, "UNKNOWN"];
  return { type: "enum", name: pascalCase(name), symbols: unknown, default: "UNKNOWN" };
}

function invalid(message: string): OttlaError {
  return new OttlaError("INVALID_FIELD_TYPE", message);
}

/** `order_id` and `order-id` → `OrderId`. */
export function pascalCase(name: string): string {
  return name
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== "")
    .map((word) => word[0]!.toUpperCase() + word.slice(1))
    .join("");
}
