import { Buffer } from "node:buffer";

/** An Avro record of four fields, another one for each number. */
export function orderSchema(number: number): string {
  return JSON.stringify({
    type: "record",
    name: `Order${number}`,
    namespace: "shop",
    fields: [
      { name: "id", type: "string" },
      { name: "amount", type: "long", doc: "in cents" },
      { name: "at", type: { type: "long", logicalType: "timestamp-millis" } },
      { name: "note", type: ["null", "string"], default: null },
    ],
  });
}

/** A record in each format with so many fields, and one that adds a field that fits. */
export const wideSchemas: Readonly<Record<"AVRO" | "JSON" | "PROTOBUF", (fields: number, isNext: boolean) => string>> = {
  AVRO: (fields, isNext) =>
    JSON.stringify({
      type: "record",
      name: "Wide",
      fields: [
        ...numbered(fields, (index) => ({
          name: `field${index}`,
          type: index % 3 === 0 ? ["null", "string"] : "long",
          ...(index % 3 === 0 && { default: null }),
        })),
        ...(isNext ? [{ name: "added", type: "string", default: "" }] : []),
      ],
    }),
  JSON: (fields, isNext) =>
    JSON.stringify({
      type: "object",
      properties: Object.fromEntries([
        ...numbered(fields, (index) => [`field${index}`, { type: index % 3 === 0 ? ["null", "string"] : "integer" }] as const),
        ...(isNext ? [["added", { type: "string" }] as const] : []),
      ]),
      additionalProperties: false,
    }),
  PROTOBUF: (fields, isNext) =>
    `syntax = "proto3";\nmessage Wide {\n${numbered(fields, (index) => `  ${index % 3 === 0 ? "string" : "int64"} field${index} = ${index + 1};\n`).join("")}${isNext ? `  string added = ${fields + 1};\n` : ""}}\n`,
};

/** The record of a topic `_schemas` that has one version of a subject. */
export function schemaRecord(number: number): { readonly key: Buffer; readonly value: Buffer } {
  const subject = `topic-${number}-value`;
  const hex = (number + 1).toString(16).padStart(32, "0");
  const guid = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  return {
    key: Buffer.from(JSON.stringify({ keytype: "SCHEMA", subject, version: 1, magic: 1 })),
    value: Buffer.from(JSON.stringify({ subject, version: 1, id: number + 1, guid, schema: orderSchema(number), deleted: false })),
  };
}

function numbered<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_each, index) => make(index));
}
