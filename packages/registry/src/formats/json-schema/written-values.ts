import { JsonNumber, type JsonValue } from "../../json/json-value.ts";
import { type JsonSchema, keywordsOf } from "./json-schema.ts";
import { knowsKeyword, numberOf } from "./read-json-schema.ts";
import { allTypes, commonTypes, compareNumbers, takesType, typeOfValue, type ValueType, valueKey } from "./schema-values.ts";

/** A limit of numbers. */
export interface Bound {
  readonly number: JsonNumber;
  readonly isExclusive: boolean;
}

/** What a writer may write, as far as keywords without further schemas say it: all of its schemas hold at once. */
export interface WrittenValues {
  readonly types: ReadonlySet<ValueType>;
  /** All values by {@link valueKey}, where they are few enough to be listed. */
  readonly values: ReadonlyMap<string, JsonValue> | undefined;
  readonly minimum: Bound | undefined;
  readonly maximum: Bound | undefined;
  readonly multipleOf: readonly JsonNumber[];
  readonly patterns: ReadonlySet<string>;
  readonly required: ReadonlySet<string>;
  /** `minLength`, `maxItems` … with the strictest value. */
  readonly sizes: ReadonlyMap<string, JsonNumber>;
}

/** Sizes whose largest counts. */
export const lowerSizes = ["minLength", "minItems", "minProperties", "minContains"] as const;
/** Sizes whose smallest counts. */
export const upperSizes = ["maxLength", "maxItems", "maxProperties", "maxContains"] as const;

/** The types that a schema takes by `type`. */
export function typesOf(schema: JsonSchema): ReadonlySet<ValueType> {
  const type = keywordsOf(schema).get("type");
  if (typeof type === "string") return new Set([type as ValueType]);
  return new Set(Array.isArray(type) ? (type as ValueType[]) : allTypes);
}

/** The values that a schema lists by `enum` and `const`: those of both, where it has both. */
export function listedValues(schema: JsonSchema): ReadonlyMap<string, JsonValue> | undefined {
  const keywords = keywordsOf(schema);
  const [list, constant] = [keywords.get("enum"), knowsKeyword(schema.draft, "const") ? keywords.get("const") : undefined];
  return common(valuesIn(list), constant === undefined ? undefined : valuesIn([constant]));
}

function valuesIn(list: JsonValue | undefined): ReadonlyMap<string, JsonValue> | undefined {
  return Array.isArray(list) ? new Map(list.map((each: JsonValue) => [valueKey(each), each])) : undefined;
}

/** The lower or upper limit that a schema sets, in the words of its draft. */
export function boundOf(schema: JsonSchema, side: "minimum" | "maximum"): Bound | undefined {
  const keywords = keywordsOf(schema);
  const plain = numberOf(keywords, side);
  const word = side === "minimum" ? "exclusiveMinimum" : "exclusiveMaximum";
  if (schema.draft === "draft-04") return plain && { number: plain, isExclusive: keywords.get(word) === true };
  const exclusive = numberOf(keywords, word);
  return stricter(plain && { number: plain, isExclusive: false }, exclusive && { number: exclusive, isExclusive: true }, side);
}

/** Whether a limit keeps to another. */
export function isWithin(inner: Bound, outer: Bound, side: "minimum" | "maximum"): boolean {
  const order = compareNumbers(inner.number, outer.number) * (side === "minimum" ? 1 : -1);
  return order > 0 || (order === 0 && (inner.isExclusive || !outer.isExclusive));
}

/** What the schemas let through together. */
export function writtenValues(schemas: readonly JsonSchema[]): WrittenValues {
  let types: ReadonlySet<ValueType> = new Set(allTypes);
  let values: ReadonlyMap<string, JsonValue> | undefined;
  let [minimum, maximum]: (Bound | undefined)[] = [undefined, undefined];
  const [multipleOf, patterns, required] = [[] as JsonNumber[], new Set<string>(), new Set<string>()];
  const sizes = new Map<string, JsonNumber>();
  for (const schema of schemas) {
    const keywords = keywordsOf(schema);
    types = commonTypes(types, typesOf(schema));
    values = common(values, listedValues(schema));
    minimum = stricter(minimum, boundOf(schema, "minimum"), "minimum");
    maximum = stricter(maximum, boundOf(schema, "maximum"), "maximum");
    const [factor, pattern, names] = [numberOf(keywords, "multipleOf"), keywords.get("pattern"), keywords.get("required")];
    if (factor !== undefined) multipleOf.push(factor);
    if (typeof pattern === "string") patterns.add(pattern);
    if (Array.isArray(names)) for (const name of names) required.add(name as string);
    for (const size of lowerSizes) tighten(sizes, size, numberOf(keywords, size), 1);
    for (const size of upperSizes) tighten(sizes, size, numberOf(keywords, size), -1);
  }
  values ??= fewValues(types);
  if (values !== undefined) {
    values = new Map([...values].filter(([, value]) => takesType(types, typeOfValue(value))));
    types = new Set([...values.values()].map((value) => typeOfValue(value)));
    for (const side of ["minimum", "maximum"] as const) {
      const end = endOf([...values.values()], side);
      if (side === "minimum") minimum = stricter(minimum, end, side);
      else maximum = stricter(maximum, end, side);
    }
    sizesOfValues(sizes, values);
  }
  if (required.size > 0) tighten(sizes, "minProperties", new JsonNumber(String(required.size)), 1);
  return { types, values, minimum, maximum, multipleOf, patterns, required, sizes };
}

function stricter(left: Bound | undefined, right: Bound | undefined, side: "minimum" | "maximum"): Bound | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return isWithin(left, right, side) ? left : right;
}

function common(
  left: ReadonlyMap<string, JsonValue> | undefined,
  right: ReadonlyMap<string, JsonValue> | undefined,
): ReadonlyMap<string, JsonValue> | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return new Map([...left].filter(([key]) => right.has(key)));
}

function tighten(sizes: Map<string, JsonNumber>, size: string, number: JsonNumber | undefined, sign: 1 | -1): void {
  if (number === undefined) return;
  const known = sizes.get(size);
  if (known === undefined || compareNumbers(number, known) * sign > 0) sizes.set(size, number);
}

/** Types that have no more values than a list shows. */
function fewValues(types: ReadonlySet<ValueType>): ReadonlyMap<string, JsonValue> | undefined {
  if ([...types].some((type) => type !== "null" && type !== "boolean")) return undefined;
  const values: JsonValue[] = [...(types.has("null") ? [null] : []), ...(types.has("boolean") ? [true, false] : [])];
  return new Map(values.map((value) => [valueKey(value), value]));
}

function endOf(values: readonly JsonValue[], side: "minimum" | "maximum"): Bound | undefined {
  let end: Bound | undefined;
  for (const value of values) {
    if (!(value instanceof JsonNumber)) continue;
    const each = { number: value, isExclusive: false };
    if (end === undefined || isWithin(end, each, side)) end = each;
  }
  return end;
}

/** Lengths of texts and lists that are listed: their least is a `minLength`, their greatest a `maxLength`. */
function sizesOfValues(sizes: Map<string, JsonNumber>, values: ReadonlyMap<string, JsonValue>): void {
  const ends = new Map<string, [number, number]>();
  for (const value of values.values()) {
    let [what, size] = ["", 0];
    if (typeof value === "string") [what, size] = ["Length", Array.from(value).length];
    else if (Array.isArray(value)) [what, size] = ["Items", value.length];
    else if (value instanceof Map) [what, size] = ["Properties", value.size];
    else continue;
    const [least, greatest] = ends.get(what) ?? [size, size];
    ends.set(what, [Math.min(least, size), Math.max(greatest, size)]);
  }
  for (const [what, [least, greatest]] of ends) {
    tighten(sizes, `min${what}`, new JsonNumber(String(least)), 1);
    tighten(sizes, `max${what}`, new JsonNumber(String(greatest)), -1);
  }
}
