import { isJsonObject, JsonNumber, type JsonObject, type JsonSchema, type JsonValue, keywordsOf } from "@ottla/registry/model";
import { comment, type GeneratedTypes, grouped, literal, propertyKey, TypeNames, union } from "./type-script.ts";

/** Types beyond are `unknown`: nobody reads a type as deep. */
const DEPTH_MAX = 100;
const ALL_TYPES = ["null", "boolean", "string", "number", "array", "object"] as const;

/**
 * TypeScript for a JSON Schema: what is closed has no other properties, what is open may have any. What a type cannot say (patterns, bounds, conditions) is left to the check of values.
 * @param rootName what the schema is called where it has no title
 */
export function jsonSchemaTypes(root: JsonSchema, rootName: string): GeneratedTypes {
  return new JsonTypeWriter().write(root, rootName);
}

class JsonTypeWriter {
  readonly #names = new TypeNames();
  readonly #nameOf = new Map<JsonSchema, string>();
  /** Named and not yet written. */
  readonly #open: JsonSchema[] = [];
  /** What the alias that is being written stands for without a property or an array between: it cannot stand for itself. */
  readonly #direct = new Set<JsonSchema>();

  write(root: JsonSchema, rootName: string): GeneratedTypes {
    const title = keywordsOf(root).get("title");
    const name = this.#name(root, typeof title === "string" && /\p{ID_Start}/u.test(title) ? title : rootName);
    const declarations: string[] = [];
    // A list that grows while it is walked: each type may name others.
    for (const schema of this.#open) {
      this.#direct.clear();
      this.#direct.add(schema);
      const description = keywordsOf(schema).get("description");
      const body = this.#body(schema, 0, true, "");
      declarations.push(
        `${comment(typeof description === "string" ? description : undefined)}export type ${this.#nameOf.get(schema)} = ${body};\n`,
      );
    }
    return { declarations, roots: [{ read: name, written: name }] };
  }

  #name(schema: JsonSchema, wanted: string): string {
    const known = this.#nameOf.get(schema);
    if (known !== undefined) return known;
    const name = this.#names.take(wanted.slice(0, 100));
    this.#nameOf.set(schema, name);
    this.#open.push(schema);
    return name;
  }

  /** A schema where it is used: under its name where it has one. */
  #type(schema: JsonSchema, depth: number, isDirect: boolean, indent: string): string {
    if (this.#nameOf.has(schema) && (!isDirect || !this.#direct.has(schema))) return this.#nameOf.get(schema) ?? "unknown";
    if (depth > DEPTH_MAX || (isDirect && this.#direct.has(schema))) return "unknown";
    return this.#body(schema, depth, isDirect, indent);
  }

  #body(schema: JsonSchema, depth: number, isDirect: boolean, indent: string): string {
    if (schema.json === true) return "unknown";
    if (schema.json === false) return "never";
    const keywords = keywordsOf(schema);
    const parts: string[] = [];
    const reference = keywords.get("$ref");
    for (const target of schema.refs) {
      if (isDirect && this.#direct.has(target)) continue;
      const last = typeof reference === "string" ? reference.split(/[/#?]/).findLast((part) => part !== "") : undefined;
      // An alias of an alias could come round to itself.
      if (isDirect && !this.#nameOf.has(target)) {
        this.#direct.add(target);
        parts.push(this.#body(target, depth + 1, true, indent));
      } else parts.push(this.#name(target, last ?? "Part"));
    }
    const own = this.#own(schema, keywords, depth, indent);
    if (own !== "unknown") parts.push(own);
    const inner = (each: JsonSchema): string => this.#type(each, depth + 1, isDirect, indent);
    for (const each of schema.lists.get("allOf") ?? []) parts.push(inner(each));
    for (const keyword of ["anyOf", "oneOf"]) {
      const branches = schema.lists.get(keyword);
      if (branches !== undefined) parts.push(union(branches.map(inner)));
    }
    const known = [...new Set(parts)].filter((part) => part !== "unknown");
    if (known.length <= 1) return known[0] ?? "unknown";
    return known.map(grouped).join(" & ");
  }

  /** What the schema says itself. */
  #own(schema: JsonSchema, keywords: JsonObject, depth: number, indent: string): string {
    const values = keywords.has("const") ? [keywords.get("const") as JsonValue] : keywords.get("enum");
    if (Array.isArray(values)) return union((values as readonly JsonValue[]).map((value) => literalType(value, 0)));
    const written = keywords.get("type");
    const types = (Array.isArray(written) ? (written as readonly JsonValue[]) : written === undefined ? [] : [written]).filter(
      (each): each is string => typeof each === "string",
    );
    const saysOfObjects =
      schema.maps.has("properties") ||
      schema.maps.has("patternProperties") ||
      schema.one.has("additionalProperties") ||
      keywords.has("required");
    const saysOfArrays = schema.one.has("items") || schema.lists.has("prefixItems");
    // Without a type, what a schema says of objects holds for objects alone; people who write so mean objects, and a type that takes all else says nothing.
    const meant = types.length > 0 ? types : saysOfObjects ? ["object"] : saysOfArrays ? ["array"] : [];
    if (meant.length === 0 || ALL_TYPES.every((type) => meant.includes(type))) return "unknown";
    return union(meant.map((type) => this.#ofType(type, schema, keywords, depth, indent)));
  }

  #ofType(type: string, schema: JsonSchema, keywords: JsonObject, depth: number, indent: string): string {
    switch (type) {
      case "null":
      case "boolean":
      case "string":
      case "number":
        return type;
      case "integer":
        return isSafe(keywords) ? "number" : "number | bigint";
      case "array":
        return this.#array(schema, keywords, depth, indent);
      case "object":
        return this.#object(schema, keywords, depth, indent);
      default:
        return "unknown";
    }
  }

  #array(schema: JsonSchema, keywords: JsonObject, depth: number, indent: string): string {
    const items = schema.one.get("items");
    const rest = items === undefined ? "unknown" : this.#type(items, depth + 1, false, indent);
    const prefix = schema.lists.get("prefixItems");
    if (prefix === undefined) return `readonly ${arrayItem(rest)}[]`;
    const least = numberOf(keywords.get("minItems")) ?? 0;
    const places = prefix.map((each, i) => `${arrayItem(this.#type(each, depth + 1, false, indent))}${i < least ? "" : "?"}`);
    return `readonly [${[...places, ...(items?.json === false ? [] : [`...${arrayItem(rest)}[]`])].join(", ")}]`;
  }

  #object(schema: JsonSchema, keywords: JsonObject, depth: number, indent: string): string {
    const required = new Set(Array.isArray(keywords.get("required")) ? (keywords.get("required") as readonly JsonValue[]) : []);
    const properties = schema.maps.get("properties") ?? new Map<string, JsonSchema>();
    const inside = `${indent}  `;
    const lines = [...properties].map(([name, each]) => {
      const description = keywordsOf(each).get("description");
      const isOptional = !required.has(name);
      const type = this.#type(each, depth + 1, false, inside);
      const doc = comment(typeof description === "string" ? description : undefined, inside);
      return `${doc}${inside}readonly ${propertyKey(name)}${isOptional ? "?" : ""}: ${type}${isOptional && type !== "unknown" ? " | undefined" : ""};\n`;
    });
    for (const name of required)
      if (typeof name === "string" && !properties.has(name)) lines.push(`${inside}readonly ${propertyKey(name)}: unknown;\n`);
    const others = schema.one.get("additionalProperties");
    const isClosed = others?.json === false && !schema.maps.has("patternProperties");
    // Beside properties of their own types an index can say no more than that there may be others.
    if (lines.length === 0) {
      if (isClosed) return "Readonly<Record<string, never>>";
      const type = others === undefined || schema.maps.has("patternProperties") ? "unknown" : this.#type(others, depth + 1, false, indent);
      return `Readonly<Record<string, ${type}>>`;
    }
    if (!isClosed) lines.push(`${inside}readonly [name: string]: unknown;\n`);
    return `{\n${lines.join("")}${indent}}`;
  }
}

function arrayItem(type: string): string {
  return type.startsWith("readonly ") ? `(${type})` : grouped(type);
}

function numberOf(value: JsonValue | undefined): number | undefined {
  return value instanceof JsonNumber ? value.value : undefined;
}

/** Whether every integer fits a number: serdes hand out larger ones as bigint. */
function isSafe(keywords: JsonObject): boolean {
  const format = keywords.get("format");
  if (format === "int32" || format === "uint32") return true;
  const bound = (...names: readonly string[]): number | undefined =>
    names.map((name) => numberOf(keywords.get(name))).find((each) => each !== undefined);
  const [least, most] = [bound("minimum", "exclusiveMinimum"), bound("maximum", "exclusiveMaximum")];
  return least !== undefined && most !== undefined && least >= Number.MIN_SAFE_INTEGER && most <= Number.MAX_SAFE_INTEGER;
}

/** A value as the type that it alone has. */
function literalType(value: JsonValue, depth: number): string {
  if (depth > DEPTH_MAX) return "unknown";
  if (value === null || typeof value === "boolean" || typeof value === "string") return literal(value);
  if (value instanceof JsonNumber) {
    const whole = value.integer;
    return whole !== undefined && !Number.isSafeInteger(Number(whole))
      ? `${whole}n`
      : Number.isFinite(value.value)
        ? String(value.value)
        : "number";
  }
  if (isJsonObject(value)) {
    const members = [...value].map(([name, each]) => `readonly ${propertyKey(name)}: ${literalType(each, depth + 1)}`);
    return members.length === 0 ? "Readonly<Record<string, never>>" : `{ ${members.join("; ")} }`;
  }
  return `readonly [${value.map((each: JsonValue) => literalType(each, depth + 1)).join(", ")}]`;
}
