import type { SinkRecord } from "../../data/connect-record.ts";
import { DataError } from "../../data/data-error.ts";
import { array, plain, struct } from "../../data/make-schema.ts";
import type { ConnectSchema } from "../../data/schema.ts";
import { valueText } from "../../data/value-text.ts";

/** A part of a record that a file is of. */
export type PartName = "values" | "keys" | "headers";

/** What a file of a part writes of a record. */
export interface RecordPart {
  readonly value: unknown;
  readonly schema: ConnectSchema | undefined;
}

/** A record's headers: names and values as texts, in their order. */
const HEADERS = array(struct({ key: plain("string"), value: plain("string", true) }));
const HEADERS_COLUMN = struct({ headers: HEADERS });
const keyColumns = new WeakMap<ConnectSchema, ConnectSchema>();

/**
 * A record's part as a file has it. `hasColumns`: the file's rows are structs, of which a key becomes the field `key`, and headers become the field `headers`.
 * @throws ConnectError CONNECT_DATA for a record without a key
 */
export function partOf(record: SinkRecord, part: PartName, hasColumns: boolean): RecordPart {
  switch (part) {
    case "values":
      return { value: record.value, schema: record.valueSchema };
    case "keys": {
      if (record.key === null || record.key === undefined)
        throw new DataError("the record has no key, and store.kafka.keys asks for one of each", "key");
      return hasColumns
        ? { value: { key: record.key }, schema: record.keySchema && keyColumn(record.keySchema) }
        : { value: record.key, schema: record.keySchema };
    }
    case "headers": {
      const headers = record.headers.map(({ key, schema, value }) => ({ key, value: value === null ? null : valueText(schema, value) }));
      return hasColumns ? { value: { headers }, schema: HEADERS_COLUMN } : { value: headers, schema: HEADERS };
    }
  }
}

function keyColumn(schema: ConnectSchema): ConnectSchema {
  let made = keyColumns.get(schema);
  if (made === undefined) {
    made = struct({ key: schema });
    keyColumns.set(schema, made);
  }
  return made;
}
