import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { lineLogger } from "@ottla/base/node";
import type { ConfigShape, SourcePlugin } from "@ottla/connect";
import { builtinPlugins, dryRun, loadedEntry, loadPluginFile, PluginCatalogue } from "@ottla/connect/worker";
import { type RunCommand, UsageError } from "../../command.ts";
import { parseAssignments } from "./parse-settings.ts";

export const runPlugin: RunCommand = async (context) => {
  const { options, positionals, stdout, stderr, signal } = context;
  if (!options.has("dry"))
    throw new UsageError(
      'Give --dry; to run it for good, put the file into connectors/ and create a connector at the worker of "ottla dev".',
    );
  const { source, catalogue } = await sourceOf(positionals[0] ?? "");
  const limit = options.integer("limit", 1) ?? Number.POSITIVE_INFINITY;
  let count = 0;
  // A source that waits has only timers, which do not keep the process alive.
  const awake = setInterval(() => {}, 2 ** 30);
  try {
    const world = { logger: lineLogger(stderr, "info"), signal, catalogue };
    for await (const line of dryRun(source, parseAssignments(options.texts("set")), world)) {
      stdout.write(`${line}\n`);
      count++;
      if (count >= limit || signal.aborted) break;
    }
  } finally {
    clearInterval(awake);
  }
  return 0;
};

/** The source, and what else its file exports: transforms above all. */
async function sourceOf(
  named: string,
): Promise<{ readonly source: SourcePlugin<ConfigShape, object>; readonly catalogue: PluginCatalogue }> {
  if (existsSync(named)) {
    const plugins = await loadPluginFile(resolve(named));
    const source = plugins.find(({ kind }) => kind === "source");
    if (source?.kind === "source") return { source, catalogue: new PluginCatalogue([...builtinPlugins, ...plugins.map(loadedEntry)]) };
    throw new UsageError(`${named} exports no source; a dry run reads one.`);
  }
  const catalogue = new PluginCatalogue(builtinPlugins);
  return { source: await catalogue.load(["source"], named), catalogue };
}
