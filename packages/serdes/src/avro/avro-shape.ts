import { type AvroType, fullName, isNamed } from "@ottla/registry/formats/avro";
import { logicalTypeOf } from "./logical-type.ts";

/** How a serde hands Avro out. */
export interface AvroShape {
  /** What a long is. */
  readonly int64: "bigint" | "number";
  readonly logicalTypes: boolean;
}

/** What a value can be told by. */
export type ValueKind = "null" | "boolean" | "number" | "text" | "date" | "bytes" | "array" | "object";

/** As what kind of value a type is handed out. */
export function kindOfType(type: AvroType, { logicalTypes }: AvroShape): ValueKind {
  const logical = logicalTypes ? logicalTypeOf(type) : undefined;
  if (logical?.kind === "timestamp") return logical.perSecond === 1_000n ? "date" : "number";
  if (logical !== undefined) return "text";
  switch (type.kind) {
    case "int":
    case "long":
    case "float":
    case "double":
      return "number";
    case "string":
    case "enum":
      return "text";
    case "bytes":
    case "fixed":
      return "bytes";
    case "record":
    case "map":
    case "union":
      return "object";
    case "null":
    case "boolean":
    case "array":
      return type.kind;
  }
}

export function kindOfValue(value: unknown): ValueKind | undefined {
  switch (typeof value) {
    case "undefined":
      return "null";
    case "boolean":
      return "boolean";
    case "number":
    case "bigint":
      return "number";
    case "string":
      return "text";
    case "object":
      if (value === null) return "null";
      if (Array.isArray(value)) return "array";
      if (value instanceof Uint8Array) return "bytes";
      return value instanceof Date ? "date" : "object";
    case "function":
    case "symbol":
      return undefined;
  }
}

/** Whether a union's branches cannot be told apart by their values, so that each stands in an object under its branch's name. */
export function isWrapped(branches: readonly AvroType[], shape: AvroShape): boolean {
  return new Set(branches.map((branch) => kindOfType(branch, shape))).size < branches.length;
}

/** The name of a union's branch: the full name of a named type, else the type's word. */
export function branchName(branch: AvroType): string {
  return isNamed(branch) ? fullName(branch.name) : branch.kind;
}
