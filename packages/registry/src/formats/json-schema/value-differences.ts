import type { JsonNumber } from "../../json/json-value.ts";
import { type Found, NONE, type JsonSchemaDifferenceKind, difference } from "./comparison.ts";
import { type JsonSchema, keywordsOf } from "./json-schema.ts";
import { knowsKeyword, numberOf } from "./read-json-schema.ts";
import { allTypes, compareNumbers, isMultiple, takesType, type ValueType } from "./schema-values.ts";
import type { Written } from "./written.ts";
import { boundOf, isWithin, listedValues, lowerSizes, typesOf, upperSizes } from "./written-values.ts";

type Kind = JsonSchemaDifferenceKind;

/** What a reader does not take for its type, its listed values, its limits of numbers and texts, and the count of items and properties. */
export function valueDifferences(reader: JsonSchema, written: Written): Found {
  const types = typeDifferences(reader, written);
  if (types.some(({ kind }) => kind === "TYPE_CHANGED")) return types;
  const found = [...types, ...listDifferences(reader, written), ...sizeDifferences(reader, written)];
  const takesNumbers = takesType(written.values.types, "integer");
  if (takesNumbers) found.push(...boundDifferences(reader, written), ...multipleDifferences(reader, written));
  if (written.values.types.has("string")) found.push(...patternDifferences(reader, written));
  return found;
}

function typeDifferences(reader: JsonSchema, written: Written): Found {
  const json = keywordsOf(reader).get("type");
  if (json === undefined) return NONE;
  const types = typesOf(reader);
  const missing = [...written.values.types].filter((type) => !takesType(types, type) && !isWholeAnyway(types, type, written));
  if (missing.length === 0) return NONE;
  const has = [...written.values.types].some((type) => takesType(types, type) || (type === "number" && types.has("integer")));
  const isAny = written.values.types.size === allTypes.length;
  const message = has
    ? `The reader takes ${[...types].join(", ")}, the data may be ${isAny ? "anything" : `${missing.join(", ")} as well`}; let "type" name all that is written.`
    : `The reader takes ${[...types].join(", ")}, the data is ${missing.join(", ")}; a value keeps its type, or gets a further one in "type".`;
  return [difference(has ? "TYPE_NARROWED" : "TYPE_CHANGED", `${reader.place}/type`, message, json, written)];
}

function isWholeAnyway(types: ReadonlySet<ValueType>, type: ValueType, { values }: Written): boolean {
  return type === "number" && types.has("integer") && values.multipleOf.some((factor) => /^-?\d+$/.test(factor.text));
}

function listDifferences(reader: JsonSchema, { values, schemas }: Written): Found {
  const taken = listedValues(reader);
  if (taken === undefined) return NONE;
  const written = values.values;
  const word = knowsKeyword(reader.draft, "const") && keywordsOf(reader).has("const") ? "const" : "enum";
  const [path, json] = [`${reader.place}/${word}`, keywordsOf(reader).get(word)];
  if (written === undefined) {
    const message = `The reader takes ${taken.size} listed value${taken.size === 1 ? "" : "s"} alone, the data is not limited to a list; take "${word}" out.`;
    return [difference("ENUM_ARRAY_NARROWED", path, message, json, undefined)];
  }
  const missing = [...written.keys()].filter((key) => !taken.has(key));
  if (missing.length === 0) return NONE;
  const shown = missing.slice(0, 5).map((key) => (key.length > 40 ? `${key.slice(0, 39)}…` : key));
  const message = `The reader does not take ${shown.join(", ")}${missing.length > shown.length ? ` and ${missing.length - shown.length} more` : ""}, which may be written; keep what was listed.`;
  const kind = missing.length < written.size && taken.size < written.size ? "ENUM_ARRAY_NARROWED" : "ENUM_ARRAY_CHANGED";
  return [
    difference(
      kind,
      path,
      message,
      json,
      schemas.map((each) => keywordsOf(each).get("enum")).find((list) => list !== undefined),
    ),
  ];
}

const SIZES: Readonly<Record<string, { type: ValueType; what: string }>> = {
  Length: { type: "string", what: "characters" },
  Items: { type: "array", what: "items" },
  Properties: { type: "object", what: "properties" },
};

function sizeDifferences(reader: JsonSchema, written: Written): Found {
  const found = [];
  for (const keyword of [...lowerSizes, ...upperSizes]) {
    const size = SIZES[keyword.slice(3)];
    const limit = numberOf(keywordsOf(reader), keyword);
    if (limit === undefined || size === undefined || !written.values.types.has(size.type)) continue;
    const isLower = keyword.startsWith("min");
    const known = written.values.sizes.get(keyword);
    if (known !== undefined ? compareNumbers(known, limit) * (isLower ? 1 : -1) >= 0 : isLower && limit.value <= 0) continue;
    const kind = `${isLower ? "MIN" : "MAX"}_${keyword.slice(3).toUpperCase()}_${known === undefined ? "ADDED" : isLower ? "INCREASED" : "DECREASED"}`;
    const message = `The reader takes ${isLower ? "no fewer" : "no more"} than ${limit.text} ${size.what}, the data has ${known === undefined ? "no such limit" : `${isLower ? "at least" : "up to"} ${known.text}`}; ${known === undefined ? "leave the limit out" : "keep the limit that was"}.`;
    found.push(difference(kind as Kind, `${reader.place}/${keyword}`, message, limit, known));
  }
  return found;
}

function boundDifferences(reader: JsonSchema, { values }: Written): Found {
  const found = [];
  for (const side of ["minimum", "maximum"] as const) {
    const [limit, known] = [boundOf(reader, side), values[side]];
    if (limit === undefined || (known !== undefined && isWithin(known, limit, side))) continue;
    const word = limit.isExclusive ? `exclusive${side === "minimum" ? "Minimum" : "Maximum"}` : side;
    const change = known === undefined ? "ADDED" : side === "minimum" ? "INCREASED" : "DECREASED";
    const kind = `${limit.isExclusive ? "EXCLUSIVE_" : ""}${side.toUpperCase()}_${change}`;
    const message = `The reader takes numbers ${side === "minimum" ? "from" : "up to"} ${limit.number.text}${limit.isExclusive ? " (itself left out)" : ""}, the data ${known === undefined ? "has no such limit" : `reaches ${known.number.text}`}; ${known === undefined ? "leave the limit out" : "keep the limit that was"}.`;
    const place = reader.draft === "draft-04" ? side : word;
    found.push(difference(kind as Kind, `${reader.place}/${place}`, message, limit.number, known?.number));
  }
  return found;
}

const ONE_AND = /^1(?:\.0*)?$/;

function multipleDifferences(reader: JsonSchema, { values }: Written): Found {
  const factor = numberOf(keywordsOf(reader), "multipleOf");
  if (factor === undefined) return NONE;
  const numbers = values.values === undefined ? values.multipleOf : [];
  if (numbers.some((each) => isMultiple(each, factor))) return NONE;
  const isWholeOnly = !values.types.has("number");
  if (isWholeOnly && (ONE_AND.test(factor.text) || dividesOne(factor))) return NONE;
  if (values.values !== undefined && [...values.values.values()].every((each) => !isNumber(each) || isMultiple(each, factor))) return NONE;
  const known = values.multipleOf[0];
  const kind = known === undefined ? "MULTIPLE_OF_ADDED" : isMultiple(factor, known) ? "MULTIPLE_OF_EXPANDED" : "MULTIPLE_OF_CHANGED";
  const message = `The reader takes multiples of ${factor.text}, the data ${known === undefined ? "is any number" : `is a multiple of ${known.text}`}; ${known === undefined ? 'leave "multipleOf" out' : "only a divisor of what was fits"}.`;
  return [difference(kind, `${reader.place}/multipleOf`, message, factor, known)];
}

function isNumber(value: unknown): value is JsonNumber {
  return typeof value === "object" && value !== null && "text" in value;
}

function dividesOne(factor: JsonNumber): boolean {
  return factor.value !== 0 && factor.value <= 1 && Number.isInteger(1 / factor.value) && /^0\.(?:0*1|5|25|2|125)0*$/.test(factor.text);
}

function patternDifferences(reader: JsonSchema, { values }: Written): Found {
  const pattern = keywordsOf(reader).get("pattern");
  if (typeof pattern !== "string" || values.patterns.has(pattern)) return NONE;
  const known = [...values.patterns][0];
  const message = `The reader takes texts of one pattern, the data ${known === undefined ? "may be any text; leave the pattern out" : "is of another; whether one contains the other is not looked at, so keep the pattern or leave it out"}.`;
  return [difference(known === undefined ? "PATTERN_ADDED" : "PATTERN_CHANGED", `${reader.place}/pattern`, message, pattern, known)];
}
