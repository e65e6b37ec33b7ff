import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { lineLogger, nodeDisk } from "@ottla/base/node";
import {
  type AnyPlugin,
  builtinPlugins,
  dryRun,
  loadedEntry,
  loadPluginFile,
  loadPluginFolder,
  maskOf,
  PluginCatalogue,
} from "@ottla/connect/worker";
import { type CommandContext, type RunCommand, UsageError } from "../../command.ts";
import { readConnectorFile } from "./connector-answers.ts";
import { parseAssignments } from "./parse-settings.ts";
import { type RunnableConnector, runWorker } from "./run-worker.ts";

export const runPlugin: RunCommand = async (context) => {
  const connector = await connectorOf(context);
  return context.options.has("dry") ? printRecords(context, connector) : runWorker(context, connector);
};

async function printRecords({ options, stdout, stderr, signal }: CommandContext, { config, catalogue }: RunnableConnector): Promise<0 | 1> {
  const source = await catalogue.load(["source"], config["connector.class"] ?? "");
  const limit = options.integer("limit", 1) ?? Number.POSITIVE_INFINITY;
  const mask = await maskOf({ properties: config, secrets: [] }, catalogue);
  let count = 0;
  let isRead = true;
  stdout.once("error", () => {
    isRead = false;
  });
  // A source that waits has only timers, which do not keep the process alive.
  const awake = setInterval(() => {}, 2 ** 30);
  try {
    const world = { logger: mask.logger(lineLogger(stderr, "info")), signal, catalogue };
    for await (const line of dryRun(source, config, world)) {
      stdout.write(`${mask.text(line)}\n`);
      count++;
      if (count >= limit || signal.aborted || !isRead) break;
    }
  } catch (error) {
    throw mask.error(error);
  } finally {
    clearInterval(awake);
  }
  return 0;
}

/** A connector's JSON, a plugin's file, or the name of a plugin. What else the file exports, or else what stands in the folder of plugins, can be named: transforms above all. */
async function connectorOf({ options, positionals, stderr }: CommandContext): Promise<RunnableConnector> {
  const named = positionals[0] ?? "";
  const set = parseAssignments(options.texts("set"));
  const isPlugin = existsSync(named) && !named.endsWith(".json");
  const plugins: readonly AnyPlugin[] = isPlugin ? await loadPluginFile(resolve(named)) : [];
  const folder = resolve(options.text("connect-plugins") ?? "connectors");
  const beside = isPlugin ? plugins.map(loadedEntry) : await loadPluginFolder(folder, nodeDisk, lineLogger(stderr, "warn"));
  const catalogue = new PluginCatalogue([...builtinPlugins, ...beside]);
  if (named.endsWith(".json")) {
    const { name, config } = readConnectorFile(named);
    return { name: set["name"] ?? name, config: { ...config, ...set }, catalogue };
  }
  const own = plugins.find(({ kind }) => kind === "source" || kind === "sink");
  if (plugins.length > 0 && own === undefined) throw new UsageError(`${named} exports neither a source nor a sink.`);
  const plugin = own?.name ?? named;
  const name = set["name"] ?? plugin;
  return { name, config: { "connector.class": plugin, ...set, name }, catalogue };
}
