import { systemClock } from "@ottla/base/node";
import { ConnectError } from "../../connect-error.ts";
import { defineSource } from "../../plugin/define.ts";
import type { SourceTaskContext } from "../../plugin/source-plugin.ts";
import { checkPostgres } from "./check-postgres.ts";
import { readOffset } from "./changes/cdc-offset.ts";
import { postgresConfig } from "./postgres-config.ts";
import { PostgresTask } from "./postgres-task.ts";

const tasks = new WeakMap<SourceTaskContext<object>, PostgresTask>();

/**
 * Changes of a PostgreSQL database as records in Debezium's shape: its settings, topics, envelopes, types, keys and offsets. One task. Each offset is exact, so that with
 * transactions of the worker's nothing comes twice and nothing is lost; without them the last records may come again.
 */
export const postgresSource = defineSource({
  name: "postgres",
  aliases: ["io.debezium.connector.postgresql.PostgresConnector"],
  version: "0.1.0",
  doc: "Change data capture from PostgreSQL 13 and later by logical replication.",
  config: postgresConfig,
  exactlyOnce: true,
  check: checkPostgres,
  async *read(config, context) {
    const task = new PostgresTask(config, context, systemClock);
    tasks.set(context, task);
    yield* task.read();
    if (config["slot.drop.on.stop"]) await task.dropSlot();
  },
  acked(_partition, offset, context) {
    tasks.get(context)?.acked(offset);
  },
  checkOffsets(config, offsets) {
    for (const { partition, offset } of offsets) {
      if (partition["server"] !== config["topic.prefix"])
        throw new ConnectError("CONNECT_STATE", `The partition of this connector's offsets is {"server":"${config["topic.prefix"]}"}.`);
      if (offset !== null) readOffset(offset);
    }
    return Promise.resolve();
  },
});
