import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { lineLogger } from "@ottla/base/node";
import type { ConfigShape, SourcePlugin } from "@ottla/connect";
import { builtinPlugins, dryRun, loadPluginFile, PluginCatalogue } from "@ottla/connect/worker";
import { type RunCommand, UsageError } from "../../command.ts";
import { parseAssignments } from "./parse-settings.ts";

export const runPlugin: RunCommand = async (context) => {
  const { options, positionals, stdout, stderr, signal } = context;
  if (!options.has("dry"))
    throw new UsageError(
      'Give --dry; to run it for good, put the file into connectors/ and create a connector at the worker of "ottla dev".',
    );
  const source = await sourceOf(positionals[0] ?? "");
  const limit = options.integer("limit", 1) ?? Number.POSITIVE_INFINITY;
  let count = 0;
  // A source that waits has only timers, which do not keep the process alive.
  const awake = setInterval(() => {}, 2 ** 30);
  try {
    for await (const line of dryRun(source, parseAssignments(options.texts("set")), { logger: lineLogger(stderr, "info"), signal })) {
      stdout.write(`${line}\n`);
      count++;
      if (count >= limit || signal.aborted) break;
    }
  } finally {
    clearInterval(awake);
  }
  return 0;
};

async function sourceOf(named: string): Promise<SourcePlugin<ConfigShape, object>> {
  if (existsSync(named)) {
    const found = (await loadPluginFile(resolve(named))).find(({ kind }) => kind === "source");
    if (found?.kind === "source") return found;
    throw new UsageError(`${named} exports no source; a dry run reads one.`);
  }
  return new PluginCatalogue(builtinPlugins).load(["source"], named);
}
