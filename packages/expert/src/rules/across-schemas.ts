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

/** Each version of a schema with the one before it, by what paths tell. */
function successors({ schemas }: Project): readonly (readonly [older: AvroSchema, newer: AvroSchema])[] {
  const series = Map.groupBy(
    schemas.flatMap((schema) => versionOf(schema) ?? []),
    ({ series: name }) => name,
  );
  return [...series.values()].flatMap((versions) => {
    const sorted = versions.toSorted((a, b) => a.version - b.version);
    return sorted.slice(1).map((newer, i) => [sorted[i]!.schema, newer.schema] as const);
  });
}

/** What a reader's type takes besides its own. */
const TAKES: Readonly<Record<string, readonly string[]>> = {
  long: ["int"],
  float: ["int", "long"],
  double: ["int", "long", "float"],
  string: ["bytes"],
  bytes: ["string"],
};

function isTaken(written: string, read: readonly string[]): boolean {
  const last = (name: string): string => name.slice(name.lastIndexOf(".") + 1);
  return read.some(
    (type) => type === written || last(type) === last(written) || (Object.hasOwn(TAKES, type) && TAKES[type]!.includes(written)),
  );
}

/** Fields whose old values the newer schema cannot read. */
function changed(older: AvroSchema, newer: AvroSchema): readonly AcrossHit[] {
  // What has another name now may be the same by an alias.
  if (newer.types.some(({ keys }) => keys.has("aliases"))) return [];
  const before = new Map(older.fields.map((field) => [`${field.record}.${field.name}`, field]));
  return newer.fields.flatMap(({ record, name, line, types }): AcrossHit[] => {
    const key = `${record}.${name}`;
    const was = before.get(key);
    const lost = was?.types.filter((type) => !isTaken(type, types)) ?? [];
    if (!was || lost.length === 0) return [];
    const message =
      lost.length === was.types.length
        ? `${name} was ${was.types.join(" or ")} and is ${types.join(" or ")}: who reads by this schema fails at every record that was written before.`
        : `${name} could be ${lost.join(" or ")}, and cannot any more: who reads by this schema fails at records in which it was.`;
    return [
      {
        document: { file: newer.file, part: "Avro schema", kind: "resource", entries: [{ key, value: "", line }] },
        key,
        message,
        evidence: `${older.file}:${was.line} has ${was.types.join(" or ")}, this one ${types.join(" or ")}`,
      },
    ];
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

const typed = (type: unknown): string => order({ name: "at", type });

/** Rules over several versions of one schema. */
export const acrossSchemas: readonly AcrossRule[] = [
  {
    id: "SCH-02",
    name: "breaking",
    severity: "error",
    confidence: "medium",
    condition: "a field of an Avro schema whose path tells its version cannot hold what the version before wrote in it",
    why: "Avro resolves int to long and the like, never long to int or a text to a number: readers with the new schema stop at the first old record, and under BACKWARD the registry refuses it.",
    fix: "Keep the type, widen it, or add a new field with a default and leave the old one.",
    source: "Avro specification, schema resolution",
    check: (project) => successors(project).flatMap(([older, newer]) => changed(older, newer)),
    examples: [
      { files: { "order-v1.avsc": typed("string"), "order-v2.avsc": typed("long") }, hits: 1 },
      { files: { "order-v1.avsc": typed("long"), "order-v2.avsc": typed("int") }, hits: 1 },
      { files: { "order-v1.avsc": typed(["null", "long"]), "order-v2.avsc": typed("long") }, hits: 1 },
      { files: { "order-v1.avsc": typed("int"), "order-v2.avsc": typed("double") }, hits: 0 },
      { files: { "order-v1.avsc": typed("long"), "order-v2.avsc": typed(["null", "long"]) }, hits: 0 },
      { files: { "order-v1.avsc": typed({ type: "long", logicalType: "timestamp-millis" }), "order-v2.avsc": typed("long") }, hits: 0 },
      { files: { "order-v1.avsc": typed("string"), "payment-v2.avsc": typed("long") }, hits: 0 },
    ],
  },
  {
    id: "SCH-07",
    name: "no-default",
    severity: "error",
    confidence: "medium",
    condition: "an Avro schema whose path tells its version has a field without a default that the version before has not",
    why: "Readers with the new schema cannot read what was written before; under BACKWARD the registry refuses it.",
    fix: "Give the field a default.",
    source: "Avro specification, schema resolution",
    check: (project) => successors(project).flatMap(([older, newer]) => added(older, newer)),
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
