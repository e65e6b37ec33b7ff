import type { ValueKind } from "@ottla/registry/formats/avro";

/** How a serde hands Avro out. */
export interface AvroShape {
  /** What a long is. */
  readonly int64: "bigint" | "number";
  readonly logicalTypes: boolean;
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
