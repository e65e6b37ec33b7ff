import { systemClock } from "@ottla/base/node";
import { ConnectError } from "../../connect-error.ts";
import { defineSource } from "../../plugin/define.ts";
import { readOffset } from "./changes/cdc-offset.ts";
import { checkMariadb } from "./check-mariadb.ts";
import { mariadbConfig } from "./mariadb-config.ts";
import { readMariadb } from "./mariadb-task.ts";

/**
 * Changes of a MariaDB or MySQL server as records in Debezium's shape: its settings, topics, envelopes, types, keys and offsets. One task. Each offset is exact, so that with transactions of the worker's
 * nothing comes twice and nothing is lost; without them the last records may come again.
 */
export const mariadbSource = defineSource({
  name: "mariadb",
  aliases: ["io.debezium.connector.mariadb.MariaDbConnector", "io.debezium.connector.mysql.MySqlConnector"],
  version: "0.1.0",
  doc: "Change data capture from MariaDB 10.5 and later, and MySQL 8, by their binlogs.",
  config: mariadbConfig,
  exactlyOnce: true,
  check: checkMariadb,
  read: (config, context) => readMariadb(config, context, systemClock),
  checkOffsets(config, offsets) {
    for (const { partition, offset } of offsets) {
      if (partition["server"] !== config["topic.prefix"])
        throw new ConnectError("CONNECT_STATE", `The partition of this connector's offsets is {"server":"${config["topic.prefix"]}"}.`);
      if (offset !== null) readOffset(offset);
    }
    return Promise.resolve();
  },
});
