import type { ConnectField, ConnectSchema, ConnectType } from "../../data/schema.ts";

const field = (name: string, type: ConnectType, optional = false): ConnectField => ({ name, schema: { type, optional } });
const struct = (name: string, fields: readonly ConnectField[], more: Partial<ConnectSchema> = {}): ConnectSchema => ({
  type: "struct",
  optional: false,
  name,
  version: 1,
  fields,
  ...more,
});

/** `source.snapshot` */
export const snapshotField: ConnectField = {
  name: "snapshot",
  schema: {
    type: "string",
    optional: true,
    name: "io.debezium.data.Enum",
    version: 1,
    parameters: { allowed: "true,first,first_in_data_collection,last_in_data_collection,last,false,incremental" },
    defaultValue: "false",
  },
};

/** A record's place in its transaction. */
export const blockField: ConnectField = {
  name: "transaction",
  schema: struct("event.block", [field("id", "string"), field("total_order", "int64"), field("data_collection_order", "int64")], {
    optional: true,
  }),
};

/** Begin and end of a transaction: key and value. */
export const transactionKeySchema: ConnectSchema = struct("io.debezium.connector.common.TransactionMetadataKey", [field("id", "string")]);
export const transactionValueSchema: ConnectSchema = struct("io.debezium.connector.common.TransactionMetadataValue", [
  field("status", "string"),
  field("id", "string"),
  field("event_count", "int64", true),
  {
    name: "data_collections",
    schema: {
      type: "array",
      optional: true,
      valueSchema: struct("event.collection", [field("data_collection", "string"), field("event_count", "int64")], { optional: true }),
    },
  },
  field("ts_ms", "int64"),
]);

/** Heartbeats: key and value. */
export const heartbeatKeySchema: ConnectSchema = struct("io.debezium.connector.common.ServerNameKey", [field("serverName", "string")]);
export const heartbeatValueSchema: ConnectSchema = struct("io.debezium.connector.common.Heartbeat", [field("ts_ms", "int64")]);
