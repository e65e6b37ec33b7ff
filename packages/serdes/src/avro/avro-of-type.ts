import { cannotSay } from "../standard-schema/shape-of-json-schema.ts";
import type { FieldShape, RecordShape, TypeShape } from "../standard-schema/type-shape.ts";

/** An Avro schema as JSON. */
export type AvroJson = string | readonly AvroJson[] | { readonly [name: string]: unknown };

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * The Avro schema of a type. What may be left out is a union with null, and null by default; a default that Avro has too is the field's.
 * Throws `SerdeError` SERDE_BAD_SCHEMA for names that Avro has not.
 */
export function avroOfType(root: RecordShape, namespace: string): AvroJson {
  const made = new Set<TypeShape>();
  const typeOf = (shape: TypeShape, path: string): AvroJson => {
    switch (shape.kind) {
      case "bigint":
        return "long";
      case "date":
        return { type: "int", logicalType: "date" };
      case "instant":
        return { type: "long", logicalType: "timestamp-millis" };
      case "uuid":
        return { type: "string", logicalType: "uuid" };
      case "decimal":
        return { type: "bytes", logicalType: "decimal", precision: shape.precision, scale: shape.scale };
      case "list":
        return { type: "array", items: typeOf(shape.items, path) };
      case "map":
        return { type: "map", values: typeOf(shape.values, path) };
      case "union":
        return shape.branches.map((branch) => typeOf(branch, path));
      case "enum": {
        for (const symbol of shape.symbols) requireName(symbol, path, `the value ${JSON.stringify(symbol)} is no symbol`);
        return once(shape, shape.name) ?? { type: "enum", name: shape.name, symbols: shape.symbols };
      }
      case "record": {
        const known = once(shape, shape.name);
        if (known !== undefined) return known;
        const about = shape === root && namespace !== "" ? { namespace } : {};
        return { type: "record", name: shape.name, ...about, ...doc(shape), fields: shape.fields.map(fieldOf) };
      }
      case "boolean":
      case "bytes":
      case "double":
      case "float":
      case "int":
      case "long":
      case "null":
      case "string":
        return shape.kind;
    }
  };
  /** A named type is written where it stands first, and is its name from then on. */
  const once = (shape: TypeShape, name: string): string | undefined => {
    if (made.has(shape)) return name;
    made.add(shape);
    return undefined;
  };
  const fieldOf = (field: FieldShape): AvroJson => {
    const { default: fallback, isNullable, isOptional, name, path, type } = field;
    requireName(name, path, `the property ${JSON.stringify(name)} has no name of a field`);
    const made = typeOf(type, path);
    const branches = Array.isArray(made) ? (made as readonly AvroJson[]) : [made];
    if (hasAvroDefault(field)) {
      if (!isNullable) return { name, type: made, ...doc(field), default: fallback };
      return { name, type: fallback === null ? ["null", ...branches] : [...branches, "null"], ...doc(field), default: fallback };
    }
    if (!isNullable && !isOptional) return { name, type: made, ...doc(field) };
    return { name, type: ["null", ...branches], ...doc(field), ...(isOptional && { default: null }) };
  };
  return typeOf(root, "");
}

/** Whether what a field is when it is left out stands in its schema. Other defaults are the reader's type's. */
export function hasAvroDefault({ default: fallback, isNullable, isOptional, type }: FieldShape): boolean {
  if (!isOptional || fallback === undefined) return false;
  if (fallback === null) return isNullable;
  switch (type.kind) {
    case "boolean":
      return typeof fallback === "boolean";
    case "int":
    case "long":
      return Number.isSafeInteger(fallback);
    case "float":
    case "double":
      return typeof fallback === "number";
    case "string":
      return typeof fallback === "string";
    case "enum":
      return type.symbols.includes(fallback as string);
    case "list":
      return Array.isArray(fallback) && fallback.length === 0;
    case "map":
      return typeof fallback === "object" && Object.keys(fallback).length === 0;
    case "bigint":
    case "bytes":
    case "date":
    case "decimal":
    case "instant":
    case "null":
    case "record":
    case "union":
    case "uuid":
      return false;
  }
}

function requireName(name: string, path: string, problem: string): void {
  if (!NAME.test(name)) throw cannotSay(path, `${problem} in Avro (letters, digits and _, no digit first)`);
}

function doc({ doc: text }: { readonly doc: string | undefined }): { readonly doc?: string } {
  return text === undefined ? {} : { doc: text };
}
