import { type Logger, printableJson } from "@ottla/base";
import { ConnectError } from "../connect-error.ts";
import type { PluginCatalogue } from "../plugin/plugin-catalogue.ts";
import type { PluginOf } from "../plugin/plugin-entry.ts";
import { type ConnectorProperties, readConfig } from "../plugin/read-config.ts";
import type { SourceEvent, SourceItem } from "../plugin/source-plugin.ts";
import { Pipeline } from "./pipeline.ts";
import { itemsOf, sourceRecord } from "./source-record.ts";

/** What a dry run has. */
export interface DryRunOptions {
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Where the transforms that `transforms` names are found. */
  readonly catalogue: PluginCatalogue;
}

/** The records of a source's first task behind its transforms, each as a line of JSON; those that a transform drops are left out. No cluster is asked and no offset kept. What `check` finds wrong is thrown before anything is read. */
export async function* dryRun(
  plugin: PluginOf<"source">,
  properties: ConnectorProperties,
  { logger, signal, catalogue }: DryRunOptions,
): AsyncGenerator<string> {
  const config = readConfig(plugin.config, properties);
  const context = { signal, log: logger };
  const findings = (await plugin.check?.(config, context)) ?? [];
  const wrong = findings.filter(({ severity }) => severity === "error");
  if (wrong.length > 0) throw new ConnectError("CONNECT_CONFIG", wrong.map(({ message }) => message).join(" "));
  for (const { message } of findings) logger.warn(message);
  const [task = {}] = (await plugin.split?.(config, 1, context)) ?? [];
  const pipeline = await Pipeline.open(properties, {}, catalogue);
  const read = plugin.read(config, { ...context, connector: "dry-run", task, offsets: { get: () => Promise.resolve(undefined) } });
  try {
    for await (const items of read) {
      for (const item of itemsOf(items)) {
        const shown = item.topic === undefined ? item : transformed(item, pipeline);
        if (shown !== undefined) yield line(shown);
      }
      if (signal.aborted) return;
    }
  } finally {
    await pipeline.close();
  }
}

function transformed(item: SourceEvent, pipeline: Pipeline): SourceEvent | undefined {
  const record = pipeline.transform(sourceRecord(item), { connector: "dry-run", task: 0, topic: item.topic });
  if (record === undefined) return undefined;
  const { topic, partition: topicPartition, key, value, headers, timestampMs } = record;
  return { ...item, topic, topicPartition, value, headers, timestampMs, key: key === null && item.key === undefined ? undefined : key };
}

function line(item: SourceItem): string {
  if (item.topic === undefined) return printableJson({ progress: item.offset, of: item.partition });
  const { topic, topicPartition, key, value, headers, timestampMs, partition, offset } = item;
  return printableJson({
    topic,
    ...(topicPartition !== undefined && { partition: topicPartition }),
    ...(key !== undefined && { key }),
    value,
    ...(headers !== undefined && headers.length > 0 && { headers: headers.map((header) => [header.key, header.value]) }),
    ...(timestampMs !== undefined && { timestampMs }),
    from: partition,
    at: offset,
  });
}
