import type { PeerCase } from "./serde-peers.ts";

const lines = Array.from({ length: 8 }, (_, index) => ({ sku: `sku-${index}`, quantity: index + 1, price: index + 0.5 }));
/** About 1 KB in each format. */
const value = {
  id: "order-000001",
  amount: 1_234_567_890,
  price: 12.5,
  isPaid: true,
  note: "x".repeat(600),
  lines,
  labels: { region: "eu", tier: "gold", channel: "web" },
};

const avro = {
  type: "record",
  name: "Order",
  namespace: "shop",
  fields: [
    { name: "id", type: "string" },
    { name: "amount", type: "long" },
    { name: "price", type: "double" },
    { name: "isPaid", type: "boolean" },
    { name: "note", type: ["null", "string"], default: null },
    {
      name: "lines",
      type: {
        type: "array",
        items: {
          type: "record",
          name: "Line",
          fields: [
            { name: "sku", type: "string" },
            { name: "quantity", type: "int" },
            { name: "price", type: "double" },
          ],
        },
      },
    },
    { name: "labels", type: { type: "map", values: "string" } },
  ],
};

const text = { type: "string" };
const json = {
  title: "Order",
  type: "object",
  additionalProperties: false,
  required: ["id", "amount"],
  properties: {
    id: text,
    amount: { type: "integer" },
    price: { type: "number" },
    isPaid: { type: "boolean" },
    note: text,
    lines: {
      type: "array",
      items: {
        type: "object",
        additionalProperties: false,
        properties: { sku: text, quantity: { type: "integer" }, price: { type: "number" } },
      },
    },
    labels: { type: "object", additionalProperties: text },
  },
};

const protobuf = `syntax = "proto3"; package shop;
message Order {
  string id = 1; int64 amount = 2; double price = 3; bool isPaid = 4; string note = 5; repeated Line lines = 6; map<string, string> labels = 7;
  message Line { string sku = 1; int32 quantity = 2; double price = 3; }
}`;

/** One order in each format. */
export const peerCases: readonly PeerCase[] = [
  { topic: "peers-avro", format: "AVRO", schema: JSON.stringify(avro), value, message: "" },
  { topic: "peers-json", format: "JSON", schema: JSON.stringify(json), value, message: "" },
  { topic: "peers-protobuf", format: "PROTOBUF", schema: protobuf, value: { ...value, amount: 1_234_567_890n }, message: "shop.Order" },
];
