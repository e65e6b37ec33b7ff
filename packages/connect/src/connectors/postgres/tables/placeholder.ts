import type { ConnectSchema } from "../../../data/schema.ts";

/**
 * What stands for a large value that the log does not hold, in the column's own type: the text itself, its bytes, arrays and maps of it, and where only numbers go, its bytes as numbers.
 * Consumers that keep rows leave such a column as it was.
 */
export function placeholderFor(schema: Omit<ConnectSchema, "optional" | "defaultValue">, text: string): unknown {
  const bytes = Buffer.from(text);
  switch (schema.type) {
    case "string":
      return text;
    case "bytes":
      return schema.name === "org.apache.kafka.connect.data.Decimal"
        ? { unscaled: BigInt(`0x${bytes.toString("hex")}`), scale: Number(schema.parameters?.["scale"] ?? 0) }
        : bytes;
    case "array":
      return placeholdersFor(schema.valueSchema!, text, bytes);
    case "map":
      return new Map([[text, text]]);
    case "struct":
      return { scale: 0, value: bytes };
    case "boolean":
    case "int8":
    case "int16":
    case "int32":
    case "int64":
    case "float":
    case "double":
      // Of fixed size, and so never out of line.
      return null;
  }
}

function placeholdersFor(element: ConnectSchema, text: string, bytes: Buffer): unknown[] {
  if (element.type === "boolean") return [];
  if (element.type === "int64") return [...bytes].map(BigInt);
  const isNumber = ["int8", "int16", "int32", "float", "double"].includes(element.type);
  return isNumber ? [...bytes] : [placeholderFor(element, text)];
}
