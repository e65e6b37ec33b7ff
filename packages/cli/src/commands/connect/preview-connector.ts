import { resolve } from "node:path";
import { printableJson } from "@ottla/base";
import { lineLogger, nodeDisk } from "@ottla/base/node";
import {
  builtinPlugins,
  loadPluginFolder,
  PluginCatalogue,
  previewLine,
  type PreviewedRecord,
  type PreviewedSinkRecord,
  previewSink,
  previewSource,
  maskOf,
  providerFiles,
  resolveWithSecrets,
} from "@ottla/connect/worker";
import type { CommandContext, RunCommand } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { shown } from "../../output.ts";
import { readConnectorFile } from "./connector-answers.ts";

const RECORDS = 10;

export const previewConnector: RunCommand = async (context) => {
  const { options, positionals, stderr, env, signal } = context;
  const { config } = readConnectorFile(positionals[0] ?? "");
  const logger = lineLogger(stderr, "warn");
  const plugins = await loadPluginFolder(resolve(options.text("connect-plugins") ?? "connectors"), nodeDisk, logger);
  const catalogue = new PluginCatalogue([...builtinPlugins, ...plugins]);
  const resolved = await resolveWithSecrets(config, { environment: env, files: providerFiles });
  const { properties } = resolved;
  const { kind } = catalogue.find(["source", "sink"], properties["connector.class"] ?? "");
  const mask = await maskOf(resolved, catalogue);
  const world = { catalogue, defaults: {}, logger: mask.logger(logger), signal };
  const text = (said: string): string => mask.text(said);
  try {
    if (kind === "source")
      return await shownAll(context, previewSource(properties, world), (record) => [record.read, writtenOf(record)], text);
    return await withClient(context, (client) =>
      shownAll(context, previewSink(properties, { ...world, client }), (record) => [record.read, sunkOf(record), record.from], text),
    );
  } catch (error) {
    throw mask.error(error);
  }
};

/** A record as text: what was read, what is written, and where it was read from. */
type Words<R> = (record: R) => readonly [read: unknown, written: string | undefined, from?: PreviewedSinkRecord["from"]];

async function shownAll<R extends PreviewedRecord | PreviewedSinkRecord>(
  { options, stdout, signal }: CommandContext,
  records: AsyncIterable<R>,
  words: Words<R>,
  masked: (said: string) => string,
): Promise<0 | 1> {
  const limit = options.integer("limit", 1) ?? RECORDS;
  // A source that waits has only timers, which do not keep the process alive.
  const awake = setInterval(() => {}, 2 ** 30);
  let count = 0;
  let isGood = true;
  try {
    for await (const record of records) {
      count++;
      if (record.failure !== undefined) isGood = false;
      stdout.write(masked(options.has("json") ? `${previewLine(record)}\n` : text(record, words(record), count)));
      if (count >= limit || signal.aborted) break;
    }
  } finally {
    clearInterval(awake);
  }
  if (count === 0 && !options.has("json")) stdout.write("There are no records.\n");
  return isGood ? 0 : 1;
}

function text(
  { steps, failure }: PreviewedRecord | PreviewedSinkRecord,
  [read, written, from]: ReturnType<Words<never>>,
  count: number,
): string {
  const place = from === undefined ? "" : ` (${from.topic}-${from.partition} at ${from.offset})`;
  const lines = [`record ${count}${place}: ${printableJson(read)}`];
  for (const { transform, record } of steps) lines.push(`  ${transform}: ${record === null ? "dropped" : printableJson(record)}`);
  if (written !== undefined) lines.push(`  ${written}`);
  if (failure !== undefined) lines.push(`  bad: ${failure}`);
  return `${lines.map((line) => shown`${line}`).join("\n")}\n`;
}

function writtenOf({ written }: PreviewedRecord): string | undefined {
  if (written === undefined) return undefined;
  const headers = written.headers.length > 0 ? ` (${written.headers.join(", ")})` : "";
  return `written to ${written.topic}: ${written.key ?? "null"} → ${written.value ?? "null"}${headers}`;
}

function sunkOf({ written, steps, failure }: PreviewedSinkRecord): string | undefined {
  if (written !== undefined) return `written as ${typeof written === "string" ? written : printableJson(written)}`;
  return failure === undefined && steps.at(-1)?.record !== null ? "left out by the sink" : undefined;
}
