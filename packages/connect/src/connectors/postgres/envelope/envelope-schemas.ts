import type { ConnectField, ConnectSchema, ConnectType } from "../../../data/schema.ts";

const field = (name: string, type: ConnectType, optional = false): ConnectField => ({ name, schema: { type, optional } });
const struct = (name: string, fields: readonly ConnectField[], more: Partial<ConnectSchema> = {}): ConnectSchema => ({
  type: "struct",
  optional: false,
  name,
  fields,
  ...more,
});

/** Where a change comes from: the block `source`. */
const sourceSchema: ConnectSchema = struct(
  "io.debezium.connector.postgresql.Source",
  [
    field("version", "string"),
    field("connector", "string"),
    field("name", "string"),
    field("ts_ms", "int64"),
    {
      name: "snapshot",
      schema: {
        type: "string",
        optional: true,
        name: "io.debezium.data.Enum",
        version: 1,
        parameters: { allowed: "true,first,first_in_data_collection,last_in_data_collection,last,false,incremental" },
        defaultValue: "false",
      },
    },
    field("db", "string"),
    field("sequence", "string", true),
    field("ts_us", "int64", true),
    field("ts_ns", "int64", true),
    field("schema", "string"),
    field("table", "string"),
    field("txId", "int64", true),
    field("lsn", "int64", true),
    field("xmin", "int64", true),
  ],
  { version: 1 },
);

/** A record's place in its transaction. */
const blockSchema: ConnectSchema = struct(
  "event.block",
  [field("id", "string"), field("total_order", "int64"), field("data_collection_order", "int64")],
  { optional: true, version: 1 },
);

/** A table's envelope around its row. */
export function envelopeSchema(topic: string, row: ConnectSchema): ConnectSchema {
  return struct(
    `${topic}.Envelope`,
    [
      { name: "before", schema: row },
      { name: "after", schema: row },
      { name: "source", schema: sourceSchema },
      { name: "transaction", schema: blockSchema },
      field("op", "string"),
      field("ts_ms", "int64", true),
      field("ts_us", "int64", true),
      field("ts_ns", "int64", true),
    ],
    { version: 2 },
  );
}

/** `pg_logical_emit_message`: key and value. */
export const messageKeySchema: ConnectSchema = struct("io.debezium.connector.postgresql.MessageKey", [field("prefix", "string", true)], {
  version: 1,
});
export const messageValueSchema: ConnectSchema = struct(
  "io.debezium.connector.postgresql.MessageValue",
  [
    field("op", "string"),
    field("ts_ms", "int64", true),
    { name: "source", schema: sourceSchema },
    { name: "transaction", schema: blockSchema },
    {
      name: "message",
      schema: struct("io.debezium.connector.postgresql.Message", [field("prefix", "string", true), field("content", "bytes", true)], {
        version: 1,
      }),
    },
  ],
  { version: 1 },
);

/** Begin and end of a transaction: key and value. */
export const transactionKeySchema: ConnectSchema = struct("io.debezium.connector.common.TransactionMetadataKey", [field("id", "string")], {
  version: 1,
});
export const transactionValueSchema: ConnectSchema = struct(
  "io.debezium.connector.common.TransactionMetadataValue",
  [
    field("status", "string"),
    field("id", "string"),
    field("event_count", "int64", true),
    {
      name: "data_collections",
      schema: {
        type: "array",
        optional: true,
        valueSchema: struct("event.collection", [field("data_collection", "string"), field("event_count", "int64")], {
          optional: true,
          version: 1,
        }),
      },
    },
    field("ts_ms", "int64"),
  ],
  { version: 1 },
);

/** Heartbeats: key and value. */
export const heartbeatKeySchema: ConnectSchema = struct("io.debezium.connector.common.ServerNameKey", [field("serverName", "string")], {
  version: 1,
});
export const heartbeatValueSchema: ConnectSchema = struct("io.debezium.connector.common.Heartbeat", [field("ts_ms", "int64")], {
  version: 1,
});
