import { systemClock } from "@ottla/base/node";
import { ConnectError } from "../../connect-error.ts";
import { defineSource } from "../../plugin/define.ts";
import type { SourcePlugin, SourceTaskContext } from "../../plugin/source-plugin.ts";
import { CsvRows } from "./csv-rows.ts";
import { spoolPosition } from "./spool-file.ts";
import { spooldirConfig } from "./spooldir-config.ts";
import { checkSpooldir, type SpoolFormat, SpooldirTask } from "./spooldir-task.ts";

const CLASSES: Readonly<Record<SpoolFormat, string>> = {
  csv: "SpoolDirCsvSourceConnector",
  json: "SpoolDirSchemaLessJsonSourceConnector",
  lines: "SpoolDirLineDelimitedSourceConnector",
  binary: "SpoolDirBinaryFileSourceConnector",
};

/** Files of a folder as records. Each record has its place in its file as offset, so a stop anywhere brings none twice and loses none. */
export function spooldirSource(format: SpoolFormat): SourcePlugin<typeof spooldirConfig> {
  const tasks = new WeakMap<SourceTaskContext<object>, SpooldirTask>();
  return defineSource({
    name: `spooldir-${format}`,
    aliases: [spooldirClass(format)],
    version: "0.1.0",
    doc: `Reads the files of a folder (${format}) and moves each away when its records are durable.`,
    config: spooldirConfig,
    exactlyOnce: true,
    check: async (settings) => {
      try {
        checkSpooldir(settings);
        if (format === "csv") new CsvRows(settings);
        return [];
      } catch (error) {
        if (!(error instanceof ConnectError)) throw error;
        return [{ severity: "error", message: error.message }];
      }
    },
    async *read(settings, context) {
      const task = new SpooldirTask(settings, format, context, systemClock);
      tasks.set(context, task);
      yield* task.read();
    },
    acked: (partition, offset, context) => tasks.get(context)?.acked(partition, offset),
    checkOffsets: async (_settings, offsets) => {
      for (const { partition, offset } of offsets) {
        if (typeof partition["file"] !== "string")
          throw new ConnectError("CONNECT_CONFIG", 'A partition of a folder source is {"file": "name"}.');
        if (offset !== null) spoolPosition(offset);
      }
    },
  });
}

/** The class that people's files name. */
function spooldirClass(format: SpoolFormat): string {
  return `com.github.jcustenborder.kafka.connect.spooldir.${CLASSES[format]}`;
}
