import { ConnectError } from "../../connect-error.ts";
import type { SinkRecord } from "../../data/connect-record.ts";
import { DataError } from "../../data/data-error.ts";
import { plain } from "../../data/make-schema.ts";
import type { ConnectSchema } from "../../data/schema.ts";
import { fieldOf } from "../../data/struct-value.ts";
import { type ColumnRules, columnRules } from "./column-rules.ts";
import type { JdbcSinkSettings } from "./jdbc-sink-config.ts";
import { columnValue } from "./sql-columns.ts";
import type { SqlValue } from "./sql-session.ts";

/** A column of a row. */
export interface RowCell {
  readonly name: string;
  readonly schema: ConnectSchema;
  readonly value: SqlValue;
}

/** What a record asks of its table. */
export interface RowWish {
  readonly table: string;
  /** In order; empty: rows have no key. */
  readonly keys: readonly RowCell[];
  readonly cells: readonly RowCell[];
  readonly isDelete: boolean;
}

/** @throws ConnectError `CONNECT_CONFIG` with settings that contradict each other */
export function checkJdbcSink(settings: JdbcSinkSettings): void {
  const faults: string[] = [];
  const { "pk.mode": mode, "pk.fields": fields } = settings;
  if (settings["insert.mode"] !== "insert" && mode === "none") faults.push(`insert.mode=${settings["insert.mode"]} needs a pk.mode.`);
  if (settings["delete.enabled"] && mode !== "record_key") faults.push("delete.enabled=true needs pk.mode=record_key.");
  if (mode === "kafka" && fields.length !== 0 && fields.length !== 3)
    faults.push("pk.mode=kafka has three pk.fields, for topic, partition and offset, or none.");
  if (faults.length > 0) throw new ConnectError("CONNECT_CONFIG", faults.join(" "));
  columnRules(settings);
}

/**
 * The row of a record.
 * @throws ConnectError CONNECT_DATA
 */
export function rowOfRecord(record: SinkRecord, settings: JdbcSinkSettings, rules: ColumnRules): RowWish {
  const table = settings["table.name.format"].replaceAll("${topic}", record.topic);
  const isDelete = record.value === null || record.value === undefined;
  if (isDelete && !settings["delete.enabled"])
    throw new DataError("the record has no value; delete.enabled=true deletes the row of its key");
  const keys = keysOf(record, settings, rules);
  if (isDelete) return { table, keys, cells: [], isDelete };
  const { valueSchema } = record;
  if (valueSchema?.type !== "struct")
    throw new DataError("rows are made of structs with a schema; set a value.converter that brings one, or HoistField");
  const wanted = settings["fields.whitelist"];
  const keyNames = new Set(keys.map(({ name }) => name));
  const names = valueSchema
    .fields!.map(({ name }) => name)
    .filter((name) => !keyNames.has(name) && (wanted.length === 0 || wanted.includes(name)));
  return { table, keys, cells: cellsOf(valueSchema, record.value, names, rules), isDelete };
}

function keysOf(record: SinkRecord, settings: JdbcSinkSettings, rules: ColumnRules): readonly RowCell[] {
  const fields = settings["pk.fields"];
  const cell = (name: string, schema: ConnectSchema, value: SqlValue): RowCell => ({ name, schema, value });
  switch (settings["pk.mode"]) {
    case "none":
      return [];
    case "kafka": {
      const [topic = "__connect_topic", partition = "__connect_partition", offset = "__connect_offset"] = fields;
      return [
        cell(topic, plain("string"), record.originalTopic),
        cell(partition, plain("int32"), record.originalPartition),
        cell(offset, plain("int64"), record.originalOffset),
      ];
    }
    case "record_key": {
      const { key, keySchema } = record;
      if (key === null || key === undefined || keySchema === undefined)
        throw new DataError("pk.mode=record_key needs a key with a schema; set a key.converter that brings one");
      if (keySchema.type === "struct")
        return cellsOf(keySchema, key, fields.length > 0 ? fields : keySchema.fields!.map(({ name }) => name), rules);
      if (fields.length !== 1) throw new DataError("a key that is no struct needs one name in pk.fields");
      return [cell(fields[0]!, keySchema, columnValue(keySchema, key, rules))];
    }
    case "record_value": {
      const { value, valueSchema } = record;
      if (valueSchema?.type !== "struct") throw new DataError("pk.mode=record_value needs a struct with a schema");
      return cellsOf(valueSchema, value, fields.length > 0 ? fields : valueSchema.fields!.map(({ name }) => name), rules);
    }
  }
}

function cellsOf(schema: ConnectSchema, value: unknown, names: readonly string[], rules: ColumnRules): readonly RowCell[] {
  return names.map((name) => {
    const own = schema.fields!.find((field) => field.name === name)?.schema;
    if (own === undefined) throw new DataError("the struct has no such field, which pk.fields names", name);
    try {
      return { name, schema: own, value: columnValue(own, fieldOf(value as Readonly<Record<string, unknown>>, name), rules) };
    } catch (error) {
      throw DataError.within(name, error);
    }
  });
}
