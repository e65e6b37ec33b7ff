import type { AvroSchema } from "../lint/avro-schema.ts";
import type { AcrossHit, AcrossRule } from "./across-rule.ts";
import type { Project } from "./project.ts";

/** A schema whose path tells its version, and the path without it. */
interface Versioned {
  readonly schema: AvroSchema;
  readonly series: string;
  readonly version: number;
}

/** `orders/v2/order.avsc`, `order-v2.avsc`, `order.2.avsc`. */
function versionOf(schema: AvroSchema): Versioned | undefined {
  const [whole, before, number] =
    /(^|[/._-])v(\d{1,6})(?=[/._-])/i.exec(schema.file) ?? /([._-])(\d{1,6})(?=\.avsc$)/i.exec(schema.file) ?? [];
  if (whole === undefined) return undefined;
  return { schema, series: schema.file.replace(whole, `${before}*`), version: Number(number) };
}

function withoutDefaults({ schemas }: Project): readonly AcrossHit[] {
  const series = Map.groupBy(
    schemas.flatMap((schema) => versionOf(schema) ?? []),
    ({ series: name }) => name,
  );
  return [...series.values()].flatMap((versions) => {
    const sorted = versions.toSorted((a, b) => a.version - b.version);
    return sorted.slice(1).flatMap((newer, i) => added(sorted[i]!.schema, newer.schema));
  });
}

function added(older: AvroSchema, newer: AvroSchema): readonly AcrossHit[] {
  const records = new Set(older.types.filter(({ kind }) => kind === "record").map(({ name }) => name));
  const known = new Set(older.fields.map(({ record, name }) => `${record}.${name}`));
  return newer.fields
    .filter(
      ({ record, name, keys }) => records.has(record) && !known.has(`${record}.${name}`) && !keys.has("default") && !keys.has("aliases"),
    )
    .map(({ record, name, line }) => {
      const key = `${record}.${name}`;
      return {
        document: { file: newer.file, part: "Avro schema", kind: "resource", entries: [{ key, value: "", line }] },
        key,
        message: `${name} is new and has no default: who reads by this schema fails at every record that was written before.`,
        evidence: `${older.file} has no ${key}`,
      };
    });
}

const order = (...fields: readonly object[]): string =>
  JSON.stringify({
    type: "record",
    name: "Order",
    namespace: "shop",
    doc: "An order.",
    fields: [{ name: "id", type: "string" }, ...fields],
  });

/** Rules over several versions of one schema. */
export const acrossSchemas: readonly AcrossRule[] = [
  {
    id: "SCH-07",
    name: "no-default",
    severity: "error",
    confidence: "medium",
    condition: "an Avro schema whose path tells its version has a field without a default that the version before has not",
    why: "Readers with the new schema cannot read what was written before; under BACKWARD the registry refuses it.",
    fix: "Give the field a default.",
    source: "Avro specification, schema resolution",
    check: withoutDefaults,
    examples: [
      { files: { "order-v1.avsc": order(), "order-v2.avsc": order({ name: "at", type: "long" }) }, hits: 1 },
      { files: { "v1/order.avsc": order(), "v2/order.avsc": order({ name: "at", type: "long" }) }, hits: 1 },
      {
        files: { "order-v1.avsc": order(), "order-v2.avsc": order({ name: "at", type: { type: "array", items: "int" }, default: [] }) },
        hits: 0,
      },
      { files: { "order-v1.avsc": order(), "payment-v2.avsc": order({ name: "at", type: "long" }) }, hits: 0 },
    ],
  },
];
