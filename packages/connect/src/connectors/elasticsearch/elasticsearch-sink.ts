import { silentLogger } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { ConnectError } from "../../connect-error.ts";
import { DataError } from "../../data/data-error.ts";
import { defineSink } from "../../plugin/define.ts";
import type { SinkPlugin } from "../../plugin/sink-plugin.ts";
import { type BulkAction, actionMaker } from "./bulk-action.ts";
import { BulkWriter } from "./bulk-writer.ts";
import { elasticsearchSinkConfig } from "./elasticsearch-sink-config.ts";

/** Records as documents of Elasticsearch and OpenSearch. What comes again changes nothing: an index is what its topic says last, a data stream has each record once. */
export const elasticsearchSink: SinkPlugin<typeof elasticsearchSinkConfig> = defineSink({
  name: "elasticsearch-sink",
  aliases: ["io.confluent.connect.elasticsearch.ElasticsearchSinkConnector", "io.aiven.connect.elasticsearch.ElasticsearchSinkConnector"],
  version: "0.1.0",
  doc: "Writes records to indices and data streams of Elasticsearch and OpenSearch by _bulk.",
  config: elasticsearchSinkConfig,
  check: async (settings, { signal }) => {
    let writer: BulkWriter;
    try {
      actionMaker(settings);
      writer = new BulkWriter(settings, systemClock, silentLogger);
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error;
      return [{ severity: "error", message: error.message }];
    }
    const obstacle = await writer.obstacle(signal);
    writer.close();
    return obstacle === undefined ? [] : [{ severity: "error" as const, ...obstacle }];
  },
  preview: async (settings) => {
    const actionOf = actionMaker(settings);
    return (record) => actionOf(record)?.lines.toString("utf8").trimEnd();
  },
  open: async (settings, { log }) => {
    const actionOf = actionMaker(settings);
    const writer = new BulkWriter(settings, systemClock, log);
    return {
      write: async (records, context) => {
        let batch: BulkAction[] = [];
        let bytes = 0;
        const send = async (): Promise<void> => {
          if (batch.length > 0) await writer.send(batch, context);
          batch = [];
          bytes = 0;
        };
        for (const record of records) {
          if (context.signal.aborted) return;
          if (writer.isDecided(record, context)) continue;
          let action: BulkAction | undefined;
          try {
            action = actionOf(record);
          } catch (error) {
            if (!(error instanceof DataError)) throw error;
            context.reportBad(record, error);
          }
          if (action === undefined) continue;
          if (batch.length >= settings["batch.size"] || (batch.length > 0 && bytes + action.lines.length > settings["bulk.size.bytes"]))
            await send();
          batch.push(action);
          bytes += action.lines.length;
        }
        await send();
      },
      close: async () => writer.close(),
    };
  },
});
