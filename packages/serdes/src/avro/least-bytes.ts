import type { AvroType } from "@ottla/registry/formats/avro";

/** The fewest bytes that a value of a type takes. 0 for null, and for records of nothing else. */
export function leastBytes(type: AvroType, around: readonly AvroType[] = []): number {
  switch (type.kind) {
    case "null":
      return 0;
    case "fixed":
      return type.size;
    case "float":
      return 4;
    case "double":
      return 8;
    case "record": {
      // A record inside of itself adds nothing that is sure, and a deep one no more than is worth asking.
      if (around.includes(type) || around.length > 4) return 0;
      return type.fields.reduce((sum, field) => sum + leastBytes(field.type, [...around, type]), 0);
    }
    case "boolean":
    case "int":
    case "long":
    case "bytes":
    case "string":
    case "enum":
    case "array":
    case "map":
    case "union":
      return 1;
  }
}
