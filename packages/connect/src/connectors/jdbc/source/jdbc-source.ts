import { silentLogger } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { ConnectError } from "../../../connect-error.ts";
import { defineSource } from "../../../plugin/define.ts";
import type { CheckFinding } from "../../../plugin/plugin-context.ts";
import type { SourcePlugin } from "../../../plugin/source-plugin.ts";
import { chosenSources, tableChoice, topicOf } from "./chosen-tables.ts";
import { jdbcSourceConfig, type JdbcSourceSettings, waitsForOthers } from "./jdbc-source-config.ts";
import { JdbcSourceTask, type JdbcSourceWork } from "./jdbc-source-task.ts";
import { openSourceDatabase, toldFailure } from "./open-source-database.ts";
import { RowReading } from "./row-reading.ts";
import type { SourceDatabase } from "./source-database.ts";
import { positionOf } from "./source-position.ts";

/** So many tables are looked at by a dry run. */
const CHECKED_TABLES = 50;

/** Rows of PostgreSQL, MariaDB and SQLite as records, by polling. */
export const jdbcSource: SourcePlugin<typeof jdbcSourceConfig, JdbcSourceWork> = defineSource({
  name: "jdbc-source",
  aliases: ["io.confluent.connect.jdbc.JdbcSourceConnector", "io.aiven.connect.jdbc.JdbcSourceConnector"],
  version: "0.1.0",
  doc: "Reads tables and queries of PostgreSQL, MariaDB and SQLite again and again, by a growing number, a time of change, both, or whole.",
  config: jdbcSourceConfig,
  exactlyOnce: true,
  check: checkJdbcSource,
  async split(settings, maxTasks) {
    checkSettings(settings);
    if (settings.query !== "" || maxTasks === 1) return [{ task: 0, tasks: 1 }];
    let database: SourceDatabase | undefined;
    try {
      database = await openSourceDatabase(settings);
      const tasks = Math.max(1, Math.min(maxTasks, (await chosenSources(settings, database)).length));
      return Array.from({ length: tasks }, (_, task) => ({ task, tasks }));
    } catch (error) {
      throw toldFailure(error);
    } finally {
      await database?.close();
    }
  },
  async *read(settings, context) {
    checkSettings(settings);
    yield* new JdbcSourceTask(settings, context, systemClock).read();
  },
  checkOffsets(settings, offsets) {
    for (const { partition, offset } of offsets) {
      const isQuery = settings.query !== "";
      if (isQuery ? partition["query"] !== "query" : partition["protocol"] !== "1" || typeof partition["table"] !== "string")
        throw new ConnectError(
          "CONNECT_CONFIG",
          `A partition of this source is ${isQuery ? '{"query":"query"}' : '{"protocol":"1","table":"schema.table"}'}.`,
        );
      if (offset !== null) positionOf(offset);
    }
    return Promise.resolve();
  },
});

/** @throws ConnectError CONNECT_CONFIG */
function checkSettings(settings: JdbcSourceSettings): void {
  if (settings.mode === "")
    throw new ConnectError("CONNECT_CONFIG", "mode is one of bulk, incrementing, timestamp, timestamp+incrementing; it is not set.");
  if (
    settings["exactly.once.support"] === "required" &&
    (settings.mode === "bulk" || (settings.mode === "timestamp" && settings.query !== ""))
  )
    throw new ConnectError(
      "CONNECT_CONFIG",
      `mode=${settings.mode} brings rows twice where it is stopped in the middle; exactly.once.support=required needs an incrementing column.`,
    );
  tableChoice(settings);
}

async function checkJdbcSource(settings: JdbcSourceSettings): Promise<readonly CheckFinding[]> {
  try {
    checkSettings(settings);
  } catch (error) {
    return [{ severity: "error", message: (error as Error).message }];
  }
  let database: Awaited<ReturnType<typeof openSourceDatabase>>;
  try {
    database = await openSourceDatabase(settings);
  } catch (error) {
    return [{ severity: "error", key: "connection.url", message: toldFailure(error).message }];
  }
  const findings: CheckFinding[] = [];
  try {
    const sources = await chosenSources(settings, database);
    if (sources.length === 0)
      findings.push({ severity: "warning", message: "No table is there that the settings choose; it is looked for again and again." });
    if (database.blindness !== undefined && waitsForOthers(settings))
      findings.push({ severity: "warning", message: `${database.blindness.charAt(0).toUpperCase()}${database.blindness.slice(1)}.` });
    const topics = new Map<string, string>();
    for (const from of sources.slice(0, CHECKED_TABLES)) {
      const topic = topicOf(settings, from);
      const other = topics.get(topic);
      if (other !== undefined)
        findings.push({
          severity: "warning",
          message: `${other} and ${from.name} go to one topic, ${topic}; choose one of them, or a connector each.`,
        });
      topics.set(topic, from.name);
      await new RowReading({ settings, from, topic, clock: systemClock, log: silentLogger }).check(database);
    }
  } catch (error) {
    findings.push({ severity: "error", message: toldFailure(error).message });
  } finally {
    await database.close();
  }
  return findings;
}
