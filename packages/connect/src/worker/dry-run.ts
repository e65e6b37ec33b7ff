import { type Logger, printableJson } from "@ottla/base";
import { ConnectError } from "../connect-error.ts";
import type { PluginOf } from "../plugin/plugin-entry.ts";
import { type ConnectorProperties, readConfig } from "../plugin/read-config.ts";
import type { SourceItem } from "../plugin/source-plugin.ts";
import { itemsOf } from "./source-record.ts";

/** What a dry run has. */
export interface DryRunOptions {
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** The records of a source's first task, each as a line of JSON; no cluster is asked and no offset kept. What `check` finds wrong is thrown before anything is read. */
export async function* dryRun(
  plugin: PluginOf<"source">,
  properties: ConnectorProperties,
  { logger, signal }: DryRunOptions,
): AsyncGenerator<string> {
  const config = readConfig(plugin.config, properties);
  const context = { signal, log: logger };
  const findings = (await plugin.check?.(config, context)) ?? [];
  const wrong = findings.filter(({ severity }) => severity === "error");
  if (wrong.length > 0) throw new ConnectError("CONNECT_CONFIG", wrong.map(({ message }) => message).join(" "));
  for (const { message } of findings) logger.warn(message);
  const [task = {}] = (await plugin.split?.(config, 1, context)) ?? [];
  const read = plugin.read(config, { ...context, connector: "dry-run", task, offsets: { get: () => Promise.resolve(undefined) } });
  for await (const items of read) {
    for (const item of itemsOf(items)) yield line(item);
    if (signal.aborted) return;
  }
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
