import type { CaseRecord, CaseSchema, CaseValue } from "./case.ts";

const TRANSFORMS = "org.apache.kafka.connect.transforms.";
const field = (type: string, optional = false): CaseSchema => ({ type, optional });

/** What both sides are measured with: orders of ten fields, and a chain of five. */
export const benchSteps = [
  { class: `${TRANSFORMS}ReplaceField$Value`, config: { exclude: "internal", renames: "customer:customer_id" } },
  { class: `${TRANSFORMS}Cast$Value`, config: { spec: "id:string,quantity:int64" } },
  { class: `${TRANSFORMS}MaskField$Value`, config: { fields: "email" } },
  { class: `${TRANSFORMS}InsertField$Value`, config: { "topic.field": "source_topic", "timestamp.field": "written_at" } },
  { class: `${TRANSFORMS}RegexRouter`, config: { regex: "shop\\.(.*)", replacement: "lake-$1" } },
] as const;

const schema: CaseSchema = {
  type: "struct",
  optional: false,
  name: "shop.Order",
  fields: [
    ["id", field("int64")],
    ["customer", field("int32")],
    ["email", field("string")],
    ["product", field("string", true)],
    ["quantity", field("int32")],
    ["price", { type: "bytes", optional: false, name: "org.apache.kafka.connect.data.Decimal", version: 1, parameters: { scale: "2" } }],
    ["at", { type: "int64", optional: false, name: "org.apache.kafka.connect.data.Timestamp", version: 1 }],
    ["rate", field("double")],
    ["paid", field("boolean")],
    ["internal", field("string", true)],
  ],
};

export function benchRecords(count: number): readonly CaseRecord[] {
  return Array.from({ length: count }, (_, index): CaseRecord => {
    const bits = Buffer.alloc(8);
    bits.writeDoubleBE(index / 7);
    const value: CaseValue = [
      "o",
      [
        ["id", ["i64", String(9_007_199_254_740_993n + BigInt(index))]],
        ["customer", ["i32", index]],
        ["email", ["s", `someone.${index}@example.com`]],
        ["product", index % 5 === 0 ? null : ["s", `a product with a name of some length ${index % 40}`]],
        ["quantity", ["i32", index % 9]],
        ["price", ["dec", String(1999 + index), 2]],
        ["at", ["date", 1_700_000_000_000 + index]],
        ["rate", ["d", bits.toString("hex")]],
        ["paid", ["z", index % 2 === 0]],
        ["internal", ["s", "not for the lake"]],
      ],
    ];
    return {
      topic: "shop.orders",
      partition: index % 6,
      keySchema: null,
      key: ["s", String(index)],
      valueSchema: schema,
      value,
      headers: [],
      timestampMs: 1_700_000_000_000 + index,
      offset: null,
    };
  });
}
