import { type Logger, printableJson } from "@ottla/base";
import { ConnectError, type ConnectPlace } from "../connect-error.ts";
import type { SourceRecord } from "../data/connect-record.ts";
import type { PluginCatalogue } from "../plugin/plugin-catalogue.ts";
import { type ConnectorProperties, readConfig } from "../plugin/read-config.ts";
import { Pipeline, type WireRecord } from "./pipeline.ts";
import { type PreviewedSteps, saidOf, shownBytes, shownRecord, shownSteps } from "./previewed-record.ts";
import { itemsOf, sourceRecord } from "./source-record.ts";

/** What a preview stands on. */
export interface PreviewOptions {
  readonly catalogue: PluginCatalogue;
  /** The worker's, whose converters hold where the connector names none. */
  readonly defaults: ConnectorProperties;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** A record on its way through a connector. */
export interface PreviewedRecord {
  /** As the source brought it. */
  readonly read: unknown;
  readonly steps: PreviewedSteps;
  /** As it would be written; undefined where it was dropped or is bad. */
  readonly written:
    | { readonly topic: string; readonly key: string | null; readonly value: string | null; readonly headers: readonly string[] }
    | undefined;
  /** What is wrong with it. */
  readonly failure: string | undefined;
}

/**
 * The records of a source's first task, each after every transform and as it would be written; nothing is written, and no offset kept. `properties` are resolved and valid.
 * @throws ConnectError `CONNECT_CONFIG` for what a dry run of the source finds
 */
export async function* previewSource(properties: ConnectorProperties, options: PreviewOptions): AsyncGenerator<PreviewedRecord> {
  const { catalogue, defaults, logger, signal } = options;
  const plugin = await catalogue.load(["source"], properties["connector.class"] ?? "");
  const config = readConfig(plugin.config, properties);
  const context = { signal, log: logger };
  const wrong = ((await plugin.check?.(config, context)) ?? []).filter(({ severity }) => severity === "error");
  if (wrong.length > 0) throw new ConnectError("CONNECT_CONFIG", wrong.map(({ message }) => message).join(" "));
  const [task = {}] = (await plugin.split?.(config, 1, context)) ?? [];
  const connector = properties["name"] ?? "preview";
  const pipeline = await Pipeline.open(properties, defaults, catalogue);
  try {
    const read = plugin.read(config, { ...context, connector, task, offsets: { get: () => Promise.resolve(undefined) } });
    for await (const items of read) {
      for (const item of itemsOf(items))
        if (item.topic !== undefined) yield await previewed(pipeline, sourceRecord(item), { connector, task: 0, topic: item.topic });
      if (signal.aborted) return;
    }
  } finally {
    await pipeline.close();
  }
}

async function previewed(pipeline: Pipeline, record: SourceRecord, place: ConnectPlace): Promise<PreviewedRecord> {
  const read = shownRecord(record);
  try {
    const steps = pipeline.steps(record, place);
    const last = steps.length === 0 ? record : steps.at(-1)?.record;
    const written = last === undefined ? undefined : { topic: last.topic, ...shownWire(await pipeline.toWire(last, place)) };
    return { read, steps: shownSteps(steps), written, failure: undefined };
  } catch (error) {
    return { read, steps: [], written: undefined, failure: saidOf(error) };
  }
}

function shownWire({ key, value, headers }: WireRecord): {
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly string[];
} {
  return {
    key: shownBytes(key),
    value: shownBytes(value),
    headers: headers.map(({ key: name, value: bytes }) => `${name}=${shownBytes(bytes) ?? "null"}`),
  };
}

/** One line of JSON. */
export function previewLine(record: object): string {
  return printableJson(record);
}
