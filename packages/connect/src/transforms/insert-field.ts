import { ConnectError } from "../connect-error.ts";
import type { ConnectRecord } from "../data/connect-record.ts";
import { DataError } from "../data/data-error.ts";
import { timestampSchema } from "../data/logical-types.ts";
import { plain } from "../data/make-schema.ts";
import { PerSchema } from "../data/per-schema.ts";
import type { ConnectSchema } from "../data/schema.ts";
import { setField } from "../data/struct-value.ts";
import { bool, str } from "../plugin/config-shape.ts";
import { fieldsOf, objectOf, structCopier, structLike, structOf } from "./requirements.ts";
import { forKeyAndValue } from "./side.ts";

const PURPOSE = "field insertion";
const requiredTimestamp = timestampSchema();
const optionalTimestamp = timestampSchema({ optional: true });

interface Insertion {
  readonly name: string;
  readonly schema: ConnectSchema;
  /** Undefined: nothing is put in. */
  value(record: ConnectRecord): unknown;
  plainValue(record: ConnectRecord): unknown;
}

const spec = (what: string) =>
  str()
    .optional()
    .doc(`The field for ${what}. A ! behind its name makes it a required one, a ? an optional one, which it is without either.`);

/** Fields with what is known of the record, or with a fixed text. */
export const insertField = forKeyAndValue("InsertField", {
  doc: "Fields with what is known of the record, or with a fixed text.",
  config: {
    "topic.field": spec("the topic"),
    "partition.field": spec("the partition"),
    "offset.field": spec("the offset, of a sink's record"),
    "timestamp.field": spec("the timestamp"),
    "static.field": spec("a fixed text"),
    "static.value": str().optional().doc("The text of static.field."),
    "replace.null.with.default": bool().default(true).doc("Whether null, in a field that has a default, is that default."),
  },
  open(config, side) {
    const insertions = insertionsOf(config);
    const perSchema = new PerSchema((schema) => ({
      schema: structLike(schema, [...fieldsOf(schema, PURPOSE), ...insertions]),
      copy: structCopier(schema, config["replace.null.with.default"]),
    }));
    return {
      apply(record) {
        const value = side.valueOf(record);
        if (value === null) return record;
        const schema = side.schemaOf(record);
        if (schema === undefined) {
          const updated = { ...objectOf(value, PURPOSE) };
          for (const { name, plainValue } of insertions) put(updated, name, plainValue(record));
          return side.with(record, undefined, updated);
        }
        const from = structOf(schema, value, PURPOSE);
        const own = perSchema.of(schema);
        const updated = own.copy(from);
        for (const insertion of insertions) put(updated, insertion.name, insertion.value(record));
        return side.with(record, own.schema, updated);
      },
    };
  },
});

function put(into: Record<string, unknown>, name: string, value: unknown): void {
  if (value !== undefined) setField(into, name, value);
}

interface Config {
  readonly "topic.field": string | undefined;
  readonly "partition.field": string | undefined;
  readonly "offset.field": string | undefined;
  readonly "timestamp.field": string | undefined;
  readonly "static.field": string | undefined;
  readonly "static.value": string | undefined;
}

function insertionsOf(config: Config): readonly Insertion[] {
  const insertions: Insertion[] = [];
  const add = (
    text: string | undefined,
    schemas: readonly [ConnectSchema, ConnectSchema],
    value: Insertion["value"],
    plainValue = value,
  ): void => {
    if (text === undefined || text === null) return;
    const isMarked = text.endsWith("!") || text.endsWith("?");
    insertions.push({ name: isMarked ? text.slice(0, -1) : text, schema: schemas[text.endsWith("!") ? 0 : 1], value, plainValue });
  };
  const both = (type: "string" | "int32" | "int64"): readonly [ConnectSchema, ConnectSchema] => [plain(type), plain(type, true)];
  add(config["topic.field"], both("string"), ({ topic }) => topic);
  add(config["partition.field"], both("int32"), ({ partition }) => partition);
  add(config["offset.field"], both("int64"), offsetOf, (record) => plainWhole(offsetOf(record)));
  add(
    config["timestamp.field"],
    [requiredTimestamp, optionalTimestamp],
    ({ timestampMs }) => (timestampMs === undefined ? undefined : new Date(timestampMs)),
    ({ timestampMs }) => timestampMs,
  );
  const text = config["static.value"] ?? undefined;
  if ((config["static.field"] ?? undefined) !== undefined && text === undefined)
    throw new ConnectError("CONNECT_CONFIG", "InsertField with static.field needs static.value.");
  add(config["static.field"], both("string"), () => text);
  if (insertions.length === 0)
    throw new ConnectError(
      "CONNECT_CONFIG",
      "InsertField inserts nothing; set topic.field, partition.field, offset.field, timestamp.field or static.field.",
    );
  return insertions;
}

function offsetOf(record: ConnectRecord): bigint {
  const { offset } = record as { readonly offset?: unknown };
  if (typeof offset === "bigint") return offset;
  throw new DataError("only a sink's record has an offset");
}

/** Whole numbers without a schema are numbers as long as they can be. */
function plainWhole(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
