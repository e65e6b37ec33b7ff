import type { SeededRandom } from "@ottla/base/simulated";

/** A schema of 2020-12 as plain JSON. */
export type PlainSchema = boolean | { [keyword: string]: unknown };

const NAMES = ["a", "b", "x-c"];
const TEXTS = ["", "a", "ab", "abc", "b"];
const TYPES = ["null", "boolean", "string", "integer", "number", "array", "object"];

/** Schemas, changes of them and values, from a small world so that they meet. */
export class RandomJsonSchemas {
  readonly #random: SeededRandom;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  schema(depth: number): PlainSchema {
    if (this.#one(12)) return this.#one(4) ? false : true;
    const schema: { [keyword: string]: unknown } = {};
    if (!this.#one(5)) schema["type"] = this.#one(5) ? this.#some(TYPES) : this.#random.pick(TYPES);
    const count = 1 + this.#random.nextInt(3);
    for (let added = 0; added < count; added++) this.#addKeyword(schema, depth);
    return schema;
  }

  /** The schema with one thing changed somewhere. */
  changed(schema: PlainSchema, depth: number): PlainSchema {
    if (typeof schema === "boolean" || this.#one(10)) return this.schema(depth);
    const copy = structuredClone(schema);
    const keys = Object.keys(copy);
    const key = this.#random.pick(keys.length === 0 ? ["type"] : keys);
    const value = copy[key];
    const isInside =
      typeof value === "object" && value !== null && !["enum", "const", "required", "type", "dependentRequired"].includes(key);
    if (isInside && depth > 0 && !this.#one(3)) {
      if (Array.isArray(value)) {
        const index = this.#random.nextInt(value.length);
        if (value.length > 0 && key !== "oneOf") value[index] = this.changed(value[index] as PlainSchema, depth - 1);
      } else if (["properties", "patternProperties", "dependentSchemas"].includes(key)) {
        const inside = value as { [name: string]: PlainSchema };
        const name = this.#random.pick(NAMES);
        if (inside[name] !== undefined && this.#one(4)) delete inside[name];
        else inside[name] = this.changed(inside[name] ?? true, depth - 1);
      } else copy[key] = this.changed(value as PlainSchema, depth - 1);
    } else if (this.#one(2)) delete copy[key];
    else this.#addKeyword(copy, depth);
    return copy;
  }

  #addKeyword(schema: { [keyword: string]: unknown }, depth: number): void {
    const small = (): number => this.#random.nextInt(4);
    const leaf: [string, () => unknown][] = [
      ["type", () => this.#some(TYPES)],
      [
        "enum",
        () => Array.from(new Set([this.value(1), this.value(1), "a", 1].map((each) => JSON.stringify(each))), (each) => JSON.parse(each)),
      ],
      ["const", () => this.value(1)],
      ["minimum", small],
      ["maximum", small],
      ["exclusiveMinimum", small],
      ["exclusiveMaximum", small],
      ["multipleOf", () => this.#random.pick([0.5, 1, 2, 3])],
      ["minLength", small],
      ["maxLength", small],
      ["pattern", () => this.#random.pick(["^a", "b$"])],
      ["minItems", small],
      ["maxItems", small],
      ["uniqueItems", () => true],
      ["minProperties", small],
      ["maxProperties", small],
      ["required", () => this.#some(NAMES)],
      ["dependentRequired", () => ({ [this.#random.pick(NAMES)]: this.#some(NAMES) })],
    ];
    const inner = (): PlainSchema => this.schema(depth - 1);
    const nested: [string, () => unknown][] = [
      ["properties", () => Object.fromEntries(this.#some(NAMES).map((name) => [name, inner()]))],
      ["properties", () => Object.fromEntries(this.#some(NAMES).map((name) => [name, inner()]))],
      ["additionalProperties", () => (this.#one(2) ? false : inner())],
      ["patternProperties", () => ({ [this.#random.pick(["^x-", "^[ab]$", "^a$", ""])]: inner() })],
      ["propertyNames", () => ({ maxLength: this.#random.nextInt(4) })],
      ["unevaluatedProperties", () => (this.#one(2) ? false : inner())],
      ["items", inner],
      ["prefixItems", () => [inner(), inner()].slice(this.#random.nextInt(2))],
      ["unevaluatedItems", () => (this.#one(2) ? false : inner())],
      ["contains", inner],
      ["allOf", () => [inner(), inner()]],
      ["anyOf", () => [inner(), inner()]],
      ["oneOf", () => ["string", "array", "object"].map((type) => ({ ...(Object(inner()) as object), type }))],
      ["not", inner],
      ["if", inner],
      ["then", inner],
      ["else", inner],
      ["dependentSchemas", () => ({ [this.#random.pick(NAMES)]: inner() })],
    ];
    const [keyword, make] = this.#random.pick(depth > 0 && !this.#one(3) ? nested : leaf);
    schema[keyword] = make();
  }

  /** A value that is likely to fit. */
  valueFor(schema: PlainSchema, depth: number): unknown {
    if (typeof schema === "boolean" || depth === 0 || this.#one(8)) return this.value(2);
    if (Array.isArray(schema["enum"]) && !this.#one(5)) return this.#random.pick(schema["enum"] as unknown[]);
    if ("const" in schema && !this.#one(5)) return schema["const"];
    for (const keyword of ["anyOf", "oneOf", "allOf"]) {
      if (Array.isArray(schema[keyword]) && this.#one(3))
        return this.valueFor(this.#random.pick(schema[keyword] as PlainSchema[]), depth - 1);
    }
    const types = typeof schema["type"] === "string" ? [schema["type"]] : ((schema["type"] as string[] | undefined) ?? TYPES);
    const type = this.#random.pick(types.length === 0 ? TYPES : types);
    if (type === "array") {
      const places = (schema["prefixItems"] as PlainSchema[] | undefined) ?? [];
      const rest = (schema["items"] as PlainSchema | undefined) ?? true;
      return Array.from({ length: this.#random.nextInt(4) }, (_each, index) => this.valueFor(places[index] ?? rest, depth - 1));
    }
    if (type === "object") {
      const properties = (schema["properties"] as { [name: string]: PlainSchema } | undefined) ?? {};
      const rest = (schema["additionalProperties"] as PlainSchema | undefined) ?? true;
      return Object.fromEntries(this.#some([...NAMES, "d"]).map((name) => [name, this.valueFor(properties[name] ?? rest, depth - 1)]));
    }
    return this.#scalar(type);
  }

  value(depth: number): unknown {
    const type = this.#random.pick(depth > 0 ? TYPES : TYPES.slice(0, 5));
    if (type === "array") return Array.from({ length: this.#random.nextInt(4) }, () => this.value(depth - 1));
    if (type === "object") return Object.fromEntries(this.#some([...NAMES, "d"]).map((name) => [name, this.value(depth - 1)]));
    return this.#scalar(type);
  }

  #scalar(type: string): unknown {
    if (type === "null") return null;
    if (type === "boolean") return this.#one(2);
    if (type === "string") return this.#random.pick(TEXTS);
    return this.#random.nextInt(7) - 1 + (type === "number" && this.#one(2) ? 0.5 : 0);
  }

  #some<T>(all: readonly T[]): T[] {
    const some = all.filter(() => this.#one(2));
    return some.length === 0 ? [this.#random.pick(all)] : some;
  }

  #one(of: number): boolean {
    return this.#random.nextInt(of) === 0;
  }
}
