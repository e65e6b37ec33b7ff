import { resolve } from "node:path";
import { printableJson } from "@ottla/base";
import { lineLogger, nodeDisk } from "@ottla/base/node";
import {
  builtinPlugins,
  loadPluginFolder,
  PluginCatalogue,
  previewLine,
  type PreviewedRecord,
  previewSource,
  providerFiles,
  resolveReferences,
} from "@ottla/connect/worker";
import type { RunCommand } from "../../command.ts";
import { shown } from "../../output.ts";
import { readConnectorFile } from "./connector-answers.ts";

const RECORDS = 10;

export const previewConnector: RunCommand = async (context) => {
  const { options, positionals, stdout, stderr, env, signal } = context;
  const { config } = readConnectorFile(positionals[0] ?? "");
  const limit = options.integer("limit", 1) ?? RECORDS;
  const logger = lineLogger(stderr, "warn");
  const plugins = await loadPluginFolder(resolve(options.text("connect-plugins") ?? "connectors"), nodeDisk, logger);
  const catalogue = new PluginCatalogue([...builtinPlugins, ...plugins]);
  const properties = await resolveReferences(config, { environment: env, files: providerFiles });
  // A source that waits has only timers, which do not keep the process alive.
  const awake = setInterval(() => {}, 2 ** 30);
  let count = 0;
  let isGood = true;
  try {
    for await (const record of previewSource(properties, { catalogue, defaults: {}, logger, signal })) {
      count++;
      if (record.failure !== undefined) isGood = false;
      stdout.write(options.has("json") ? `${previewLine(record)}\n` : text(record, count));
      if (count >= limit || signal.aborted) break;
    }
  } finally {
    clearInterval(awake);
  }
  return isGood ? 0 : 1;
};

function text({ read, steps, written, failure }: PreviewedRecord, count: number): string {
  const lines = [`record ${count}: ${printableJson(read)}`];
  for (const { transform, record } of steps) lines.push(`  ${transform}: ${record === null ? "dropped" : printableJson(record)}`);
  if (written !== undefined)
    lines.push(
      `  written to ${written.topic}: ${written.key ?? "null"} → ${written.value ?? "null"}${written.headers.length > 0 ? ` (${written.headers.join(", ")})` : ""}`,
    );
  if (failure !== undefined) lines.push(`  bad: ${failure}`);
  return `${lines.map((line) => shown`${line}`).join("\n")}\n`;
}
