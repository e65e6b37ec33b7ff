import type { ConnectField, ConnectSchema, ConnectType } from "../../../data/schema.ts";
import { blockField, snapshotField } from "../../debezium/common-schemas.ts";

const field = (name: string, type: ConnectType, optional = false): ConnectField => ({ name, schema: { type, optional } });

/** Which of Debezium's connectors a server's records are of. */
export type Flavour = "mariadb" | "mysql";

/** Where a change comes from: the block `source`. */
const sourceSchemas: Readonly<Record<Flavour, ConnectSchema>> = { mariadb: sourceSchema("mariadb"), mysql: sourceSchema("mysql") };

function sourceSchema(flavour: Flavour): ConnectSchema {
  return {
    type: "struct",
    optional: false,
    name: `io.debezium.connector.${flavour}.Source`,
    version: 1,
    fields: [
      field("version", "string"),
      field("connector", "string"),
      field("name", "string"),
      field("ts_ms", "int64"),
      snapshotField,
      field("db", "string"),
      field("sequence", "string", true),
      field("ts_us", "int64", true),
      field("ts_ns", "int64", true),
      field("table", "string", true),
      field("server_id", "int64"),
      field("gtid", "string", true),
      field("file", "string"),
      field("pos", "int64"),
      field("row", "int32"),
      field("thread", "int64", true),
      field("query", "string", true),
    ],
  };
}

/** A table's envelope around its row. */
export function envelopeSchema(topic: string, row: ConnectSchema, flavour: Flavour): ConnectSchema {
  return {
    type: "struct",
    optional: false,
    name: `${topic}.Envelope`,
    version: 2,
    fields: [
      { name: "before", schema: row },
      { name: "after", schema: row },
      { name: "source", schema: sourceSchemas[flavour] },
      blockField,
      field("op", "string"),
      field("ts_ms", "int64", true),
      field("ts_us", "int64", true),
      field("ts_ns", "int64", true),
    ],
  };
}
