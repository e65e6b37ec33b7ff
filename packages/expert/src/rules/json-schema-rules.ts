import type { JsonObjectSchema, JsonProperty, JsonSchema } from "../lint/json-schema.ts";
import { isMoney, isRecordVersion } from "./field-names.ts";
import type { RuleFacts } from "./rule.ts";
import { type SchemaHit, schemaRules } from "./schema-rules.ts";

/** A rule over JSON Schemas. */
export interface JsonSchemaRule extends RuleFacts {
  readonly check: (schema: JsonSchema) => readonly SchemaHit[];
  /** Schemas that make it speak, and the same made right; `$schema` is put before them. */
  readonly examples: readonly { readonly schema: object; readonly hits: 0 | 1 }[];
}

/** The facts of a rule that schemas of Avro have as well. */
function sameAs(id: string): RuleFacts {
  const { examples: _, check: __, ...facts } = schemaRules.find((rule) => rule.id === id)!;
  return facts;
}

function ofProperties(
  schema: JsonSchema,
  hit: (property: JsonProperty, object: JsonObjectSchema) => Omit<SchemaHit, "line" | "key"> | undefined,
) {
  return schema.objects.flatMap((object) =>
    object.properties.flatMap((property): SchemaHit[] => {
      const found = hit(property, object);
      return found ? [{ line: property.line, key: property.name, ...found }] : [];
    }),
  );
}

function contentModel({ objects }: JsonSchema): readonly SchemaHit[] {
  const unsaid = objects.filter(({ isOpen }) => isOpen === undefined);
  const [first] = unsaid;
  if (!first) return [];
  const names = unsaid.slice(0, 5).map(({ name }) => name);
  const more = unsaid.length > names.length ? ` and ${unsaid.length - names.length} more` : "";
  return [
    {
      line: first.line,
      key: "additionalProperties",
      message: `Nothing says whether properties that it does not name may come (${names.join(", ")}${more}): they may, so adding one later is no compatible change.`,
      evidence: "additionalProperties is not there",
    },
  ];
}

const ID = { $id: "https://shop.example/order.json", title: "Order", description: "An order as it was placed." };

/** Rules over one JSON Schema by itself. */
export const jsonSchemaRules: readonly JsonSchemaRule[] = [
  {
    id: "SCH-10",
    name: "json-content-model",
    severity: "warning",
    confidence: "high",
    condition: "a JSON Schema with properties that does not say whether others may come",
    why: "It is open then. A registry refuses a property that is added to an open schema, as records may hold something else under that name already.",
    fix: 'Decide: "additionalProperties": false lets optional properties be added; true only lets them be taken out.',
    source: "Confluent Schema Registry documentation, JSON Schema compatibility",
    check: contentModel,
    examples: [
      { schema: { ...ID, type: "object", properties: { a: { type: "string" } } }, hits: 1 },
      { schema: { ...ID, type: "object", properties: { a: { type: "string" } }, additionalProperties: true }, hits: 0 },
      { schema: { ...ID, type: "object", properties: { a: { type: "string" } }, additionalProperties: false }, hits: 0 },
    ],
  },
  {
    id: "SCH-18",
    name: "json-required",
    severity: "warning",
    confidence: "high",
    condition: "a JSON Schema requires a property that it does not describe; graver where it allows no others",
    why: "What the property must be is said nowhere; where no others may come, no record at all is valid.",
    fix: "Describe the property, or take it out of required.",
    source: "JSON Schema 2020-12, required",
    check: ({ objects }) =>
      objects.flatMap(({ required, properties, isOpen }) =>
        required
          .filter(({ name }) => !properties.some((property) => property.name === name))
          .map(
            ({ name, line }): SchemaHit => ({
              line,
              key: name,
              severity: isOpen === false ? "error" : "warning",
              message:
                isOpen === false ? `No record is valid: ${name} must be there and may not.` : `${name} must be there, and may be anything.`,
              evidence: `required: ${name}`,
            }),
          ),
      ),
    examples: [
      { schema: { ...ID, properties: { a: { type: "string" } }, required: ["a", "b"], additionalProperties: false }, hits: 1 },
      { schema: { ...ID, properties: { a: { type: "string" } }, required: ["a"], additionalProperties: false }, hits: 0 },
    ],
  },
  {
    id: "SCH-19",
    name: "json-anything",
    severity: "warning",
    confidence: "high",
    condition: "a property of a JSON Schema of which nothing says what it may be",
    why: "Readers must be ready for everything, and giving it a type later is no compatible change.",
    fix: "Give it a type, an enum, or a $ref.",
    source: "JSON Schema 2020-12, type",
    check: (schema) =>
      ofProperties(schema, ({ name, isConstrained }) =>
        isConstrained ? undefined : { message: `${name} may be anything: a text, a list, nothing.`, evidence: `${name} has no type` },
      ),
    examples: [
      { schema: { ...ID, properties: { a: { description: "x" } }, additionalProperties: false }, hits: 1 },
      { schema: { ...ID, properties: { a: { enum: ["x"] } }, additionalProperties: false }, hits: 0 },
    ],
  },
  {
    ...sameAs("SCH-06"),
    check: (schema) =>
      ofProperties(schema, ({ name, types }) =>
        isMoney(name) && types.includes("number")
          ? {
              message: `${name} is a number: readers take it as a binary fraction, and amounts of money lose cents in it.`,
              evidence: "type number",
            }
          : undefined,
      ),
    examples: [
      { schema: { ...ID, properties: { total_amount: { type: "number" } }, additionalProperties: false }, hits: 1 },
      { schema: { ...ID, properties: { total_amount: { type: "integer" } }, additionalProperties: false }, hits: 0 },
    ],
  },
  {
    ...sameAs("SCH-13"),
    check: (schema) =>
      ofProperties(schema, ({ name }) =>
        isRecordVersion(name) ? { message: `${name} says again what the schema's id says.`, evidence: `property ${name}` } : undefined,
      ),
    examples: [
      { schema: { ...ID, properties: { eventVersion: { type: "integer" } }, additionalProperties: false }, hits: 1 },
      { schema: { ...ID, properties: { version: { type: "integer" } }, additionalProperties: false }, hits: 0 },
    ],
  },
  {
    ...sameAs("SCH-15"),
    check: ({ keys, line }) => {
      const missing = [
        ...(keys.has("$id") || keys.has("id") ? [] : ["$id"]),
        ...(keys.has("title") || keys.has("description") ? [] : ["title or description"]),
      ];
      return missing.length === 0
        ? []
        : [
            {
              line,
              key: missing[0]!,
              message: `The schema has no ${missing.join(" and no ")}.`,
              evidence: `${missing.join(", ")} not there`,
            },
          ];
    },
    examples: [
      { schema: { properties: { a: { type: "string" } }, additionalProperties: false }, hits: 1 },
      { schema: { ...ID, properties: { a: { type: "string" } }, additionalProperties: false }, hits: 0 },
    ],
  },
];
