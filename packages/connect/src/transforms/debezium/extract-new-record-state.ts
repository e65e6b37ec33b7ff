import { ConnectError } from "../../connect-error.ts";
import type { ConnectHeader, ConnectRecord } from "../../data/connect-record.ts";
import { isPlainObject } from "../../data/check-value.ts";
import { DataError } from "../../data/data-error.ts";
import { makeSchema, optional, plain } from "../../data/make-schema.ts";
import { PerSchema } from "../../data/per-schema.ts";
import type { ConnectField, ConnectSchema } from "../../data/schema.ts";
import { fieldOf, setField } from "../../data/struct-value.ts";
import { bool, list, oneOf, str } from "../../plugin/config-shape.ts";
import { defineTransform } from "../../plugin/define.ts";
import { DropFields } from "./drop-fields.ts";
import { readField, structCopier, structLike } from "../requirements.ts";

type Fields = Readonly<Record<string, unknown>>;

const DELETED = "__deleted";
const MODES = ["drop", "tombstone", "rewrite", "rewrite-with-tombstone", "delete-to-tombstone"] as const;

/** The row as it is behind a change, in place of the change: Debezium's `ExtractNewRecordState` as it is documented. */
export const extractNewRecordState = defineTransform({
  name: "ExtractNewRecordState",
  aliases: ["io.debezium.transforms.ExtractNewRecordState"],
  version: "1.0.0",
  doc: "The row as it is behind a change, in place of the change.",
  config: {
    "delete.tombstone.handling.mode": oneOf(...MODES)
      .default("tombstone")
      .doc(
        "What becomes of a deletion and of the tombstone behind it. drop: both go. tombstone, delete-to-tombstone: the deletion becomes a tombstone, and the one behind it goes. rewrite: the deletion is the row as it was, with __deleted. rewrite-with-tombstone: that and the tombstone.",
      ),
    "add.fields": list().default([]).doc("What of the change becomes fields: op, table, source.ts_ms; `name:other` for another name."),
    "add.fields.prefix": str().default("__").doc("What stands before their names."),
    "add.headers": list().default([]).doc("What of the change becomes headers."),
    "add.headers.prefix": str().default("__").doc("What stands before their names."),
    "route.by.field": str().default("").doc("The field of the row that the topic is in."),
    "drop.fields.header.name": str()
      .default("")
      .doc("The header with a list of fields that are left out of the row: those that the change left as they were."),
    "drop.fields.from.key": bool().default(false).doc("Whether they are left out of the key as well."),
    "drop.fields.keep.schema.compatible": bool().default(true).doc("Whether only optional fields are left out."),
    "replace.null.with.default": bool().default(true).doc("Whether null, in a field that has a default, is that default."),
  },
  open(config) {
    const mode = config["delete.tombstone.handling.mode"];
    const rewrites = mode === "rewrite" || mode === "rewrite-with-tombstone";
    const added = config["add.fields"].map((text) => additionOf("add.fields", text, config["add.fields.prefix"]));
    const headers = config["add.headers"].map((text) => additionOf("add.headers", text, config["add.headers.prefix"]));
    const useDefault = config["replace.null.with.default"];
    const routeBy = config["route.by.field"];
    const headerName = config["drop.fields.header.name"];
    const drop =
      headerName === ""
        ? undefined
        : new DropFields({
            headerName,
            fromKey: config["drop.fields.from.key"],
            keepCompatible: config["drop.fields.keep.schema.compatible"],
          });
    const dropped = <R extends ConnectRecord>(record: R): R => (drop === undefined ? record : drop.apply(record));
    const shapes = new PerSchema((schema) => shapeOf(schema, { added, headers, rewrites, useDefault }));

    const rowOf = <R extends ConnectRecord>(record: R, shape: Shape, part: "after" | "before"): R => {
      const change = record.value as Fields;
      const row = fieldOf(change, part);
      if (!isPlainObject(row)) throw new DataError(`the change has no row in "${part}"`, part);
      const value = shape.copy(row);
      if (rewrites) value[DELETED] = String(part === "before");
      for (const { name, read } of shape.added) setField(value, name, read(change));
      const topic = routeBy === "" ? record.topic : routeOf(row, routeBy);
      return dropped({ ...record, topic, valueSchema: shape.row, value, headers: withHeaders(record, shape, change) });
    };
    return {
      apply(record) {
        const { valueSchema: schema, value } = record;
        if (value === null || value === undefined) return mode === "rewrite-with-tombstone" ? record : undefined;
        const shape = schema === undefined ? undefined : shapes.of(schema);
        // A heartbeat, a schema change, or a row that was taken out before.
        if (shape === undefined) return record;
        // A truncated table has no row that it could be.
        if (fieldOf(value as Fields, "op") === "t") return undefined;
        const isDeletion = (fieldOf(value as Fields, "after") ?? null) === null;
        if (!isDeletion) return rowOf(record, shape, "after");
        if (rewrites) return rowOf(record, shape, "before");
        if (mode === "drop") return undefined;
        return dropped({ ...record, valueSchema: undefined, value: null, headers: withHeaders(record, shape, value as Fields) });
      },
    };
  },
});

interface Addition {
  readonly path: readonly string[];
  readonly name: string;
}

interface Added {
  readonly name: string;
  readonly schema: ConnectSchema;
  read(change: Fields): unknown;
}

interface Shape {
  readonly row: ConnectSchema;
  readonly copy: (row: Fields) => Record<string, unknown>;
  readonly added: readonly Added[];
  readonly headers: readonly Added[];
}

function additionOf(key: string, text: string, prefix: string): Addition {
  const [path = "", name, ...more] = text.split(":");
  if (path === "" || more.length > 0)
    throw new ConnectError("CONNECT_CONFIG", `An entry of ${key} is a field, source.field or field:name, not "${text}".`);
  return { path: path.split("."), name: prefix + (name ?? path.replaceAll(".", "_")) };
}

/** Undefined for what is no change: its schema is not named as Debezium names them. */
function shapeOf(
  schema: ConnectSchema,
  {
    added,
    headers,
    rewrites,
    useDefault,
  }: {
    readonly added: readonly Addition[];
    readonly headers: readonly Addition[];
    readonly rewrites: boolean;
    readonly useDefault: boolean;
  },
): Shape | undefined {
  const row = schema.fields?.find(({ name }) => name === "after")?.schema;
  if (schema.name?.endsWith(".Envelope") !== true || row?.fields === undefined) return undefined;
  // What a change does not have is left out: connectors differ.
  const find = (additions: readonly Addition[]): readonly Added[] =>
    additions.map((addition) => addedOf(schema, addition, useDefault)).filter((one) => one !== undefined);
  const fields = find(added);
  const deleted: readonly ConnectField[] = rewrites ? [{ name: DELETED, schema: plain("string", true) }] : [];
  return {
    row: structLike(row, [...row.fields, ...deleted, ...fields]),
    copy: structCopier(row, useDefault),
    added: fields,
    headers: find(headers),
  };
}

/** Of the change itself, or of its source; undefined where it has no such field. */
function addedOf(schema: ConnectSchema, { path, name }: Addition, useDefault: boolean): Added | undefined {
  const own = schema.fields!.find((field) => field.name === path[0]);
  const steps = path.length === 1 && (own === undefined || own.schema.type === "struct") ? ["source", ...path] : path;
  const found: ConnectField[] = [];
  let within: ConnectSchema | undefined = schema;
  for (const step of steps) {
    const field: ConnectField | undefined = within?.fields?.find((one) => one.name === step);
    if (field === undefined) return undefined;
    found.push(field);
    within = field.schema;
  }
  const read = (change: Fields): unknown => {
    let value: unknown = change;
    for (const field of found) value = isPlainObject(value) ? readField(value, field, useDefault) : null;
    return value;
  };
  return { name, schema: optional(makeSchema({ ...within, defaultValue: undefined })), read };
}

function routeOf(row: Fields, field: string): string {
  const topic = fieldOf(row, field);
  if (typeof topic === "string" && topic !== "") return topic;
  throw new DataError(`route.by.field is ${field}, which has no topic's name in it`, field);
}

function withHeaders(record: ConnectRecord, shape: Shape, change: Fields): readonly ConnectHeader[] {
  if (shape.headers.length === 0) return record.headers;
  return [...record.headers, ...shape.headers.map(({ name, schema, read }) => ({ key: name, schema, value: read(change) }))];
}
