import type { AvroField, AvroSchema } from "../lint/avro-schema.ts";
import type { Severity } from "../lint/finding.ts";
import { isMoney, isRecordVersion } from "./field-names.ts";
import type { RuleFacts } from "./rule.ts";

/** What a rule met in a schema. */
export interface SchemaHit {
  readonly line: number;
  /** The field or type, with its record: `Order.total`. */
  readonly key: string;
  readonly message: string;
  readonly evidence: string;
  /** Where a rule has two severities. */
  readonly severity?: Severity;
}

/** A rule over Avro schemas. */
export interface SchemaRule extends RuleFacts {
  readonly check: (schema: AvroSchema) => readonly SchemaHit[];
  /** Schemas that make it speak, and the same made right. */
  readonly examples: readonly { readonly schema: unknown; readonly hits: 0 | 1 }[];
}

function fieldsOf(
  schema: AvroSchema,
  isMeant: (field: AvroField) => boolean,
  message: (field: AvroField) => string,
  evidence: (field: AvroField) => string,
): SchemaHit[] {
  return schema.fields
    .filter(isMeant)
    .map((field) => ({ line: field.line, key: `${field.record}.${field.name}`, message: message(field), evidence: evidence(field) }));
}

/** Rules over one schema by itself. */
export const schemaRules: readonly SchemaRule[] = [
  {
    id: "SCH-05",
    name: "logical-type-misplaced",
    severity: "error",
    confidence: "high",
    condition: "an Avro logicalType beside the type in place of inside it",
    why: "Readers pass over it: a time is then a number, a decimal is bytes.",
    fix: 'Nest it: "type": {"type": "long", "logicalType": "timestamp-millis"}.',
    source: "Avro specification, logical types",
    check: (schema) =>
      fieldsOf(
        schema,
        ({ attributes, hasTypeObject }) => attributes.has("logicalType") && !hasTypeObject,
        ({ name, types, attributes }) =>
          `${name} is read as plain ${types.join(" or ")}: ${attributes.get("logicalType")} stands beside its type.`,
        ({ attributes }) => `"logicalType": "${attributes.get("logicalType")}" of the field`,
      ),
    examples: [
      {
        schema: {
          type: "record",
          name: "Order",
          doc: "x",
          namespace: "shop",
          fields: [{ name: "at", type: "long", logicalType: "timestamp-millis" }],
        },
        hits: 1,
      },
      {
        schema: {
          type: "record",
          name: "Order",
          doc: "x",
          namespace: "shop",
          fields: [{ name: "at", type: { type: "long", logicalType: "timestamp-millis" } }],
        },
        hits: 0,
      },
    ],
  },
  {
    id: "SCH-06",
    name: "money-as-float",
    severity: "warning",
    confidence: "medium",
    condition: "a field with a name of money that is a float or double",
    why: "Binary fractions cannot hold cents: sums come out wrong.",
    fix: "Use bytes with the logical type decimal, or a whole number of the smallest unit.",
    source: "Avro specification, decimal",
    check: (schema) =>
      fieldsOf(
        schema,
        ({ name, types }) => isMoney(name) && types.some((type) => type === "double" || type === "float"),
        ({ name, types }) => `${name} is a ${types.find((type) => type !== "null")}: amounts of money lose cents in it.`,
        ({ types }) => `type ${types.join(", ")}`,
      ),
    examples: [
      { schema: { type: "record", name: "Order", fields: [{ name: "total_amount", type: ["null", "double"] }] }, hits: 1 },
      { schema: { type: "record", name: "Order", fields: [{ name: "totalAmount", type: "float" }] }, hits: 1 },
      {
        schema: {
          type: "record",
          name: "Order",
          fields: [{ name: "total_amount", type: { type: "bytes", logicalType: "decimal", precision: 12, scale: 2 } }],
        },
        hits: 0,
      },
      { schema: { type: "record", name: "Reading", fields: [{ name: "totally", type: "double" }] }, hits: 0 },
    ],
  },
  {
    id: "SCH-08",
    name: "enum-no-default",
    severity: "warning",
    confidence: "high",
    condition: "an Avro enum without a default symbol",
    why: "A reader with the older schema fails at a symbol that was added later.",
    fix: 'Add a symbol such as UNKNOWN, and "default": "UNKNOWN".',
    source: "Avro specification, schema resolution",
    check: ({ types }) =>
      types
        .filter(({ kind, keys }) => kind === "enum" && !keys.has("default"))
        .map(({ name, line }) => ({
          line,
          key: name,
          message: `A symbol added to ${name} later breaks its readers.`,
          evidence: "The enum has no default.",
        })),
    examples: [
      { schema: { type: "enum", name: "Status", symbols: ["NEW", "PAID"] }, hits: 1 },
      { schema: { type: "enum", name: "Status", symbols: ["UNKNOWN", "NEW"], default: "UNKNOWN" }, hits: 0 },
    ],
  },
  {
    id: "SCH-13",
    name: "version-in-payload",
    severity: "info",
    confidence: "medium",
    condition: "a field such as event_version",
    why: "The registry knows the version of every record; a second one beside it will differ some day.",
    fix: "Take it out, and read the schema's id.",
    source: "Ottla",
    check: (schema) =>
      fieldsOf(
        schema,
        ({ name }) => isRecordVersion(name),
        ({ name }) => `${name} says again what the schema's id says.`,
        ({ name }) => `field ${name}`,
      ),
    examples: [
      { schema: { type: "record", name: "Order", fields: [{ name: "event_version", type: "int" }] }, hits: 1 },
      { schema: { type: "record", name: "Order", fields: [{ name: "version", type: "int" }] }, hits: 0 },
    ],
  },
  {
    id: "SCH-15",
    name: "undocumented",
    severity: "info",
    confidence: "high",
    condition:
      "the outermost record has no doc or no namespace; a file of Protobuf has no package, or its messages no comment; a JSON Schema has no $id, title or description",
    why: "Who reads the topic later does not learn what a record means, and names without a namespace collide.",
    fix: "Say in doc what one record is, and give a namespace.",
    source: "Avro specification, names",
    check: ({ types }) =>
      types
        .filter(({ kind, isOutermost, keys }) => kind === "record" && isOutermost && !(keys.has("doc") && keys.has("namespace")))
        .map(({ name, line, keys }) => {
          const missing = ["doc", "namespace"].filter((key) => !keys.has(key));
          return { line, key: name, message: `${name} has no ${missing.join(" and no ")}.`, evidence: `${missing.join(", ")} not there` };
        }),
    examples: [
      { schema: { type: "record", name: "Order", fields: [] }, hits: 1 },
      { schema: { type: "record", name: "Order", namespace: "shop", doc: "An order as it was placed.", fields: [] }, hits: 0 },
      { schema: { type: "enum", name: "State", symbols: ["A"], default: "A" }, hits: 0 },
      {
        schema: {
          type: "record",
          name: "Order",
          namespace: "shop",
          doc: "An order.",
          fields: [{ name: "line", type: { type: "record", name: "Line", fields: [] } }],
        },
        hits: 0,
      },
    ],
  },
];
