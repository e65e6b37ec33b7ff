import { pathToFileURL } from "node:url";
import type { Disk, Logger } from "@ottla/base";
import { ConnectError } from "../connect-error.ts";
import type { AnyPlugin, PluginEntry } from "./plugin-entry.ts";

const SOURCE_FILE = /\.(?:ts|mts|js|mjs)$/;
const KINDS: ReadonlySet<unknown> = new Set(["source", "sink", "transform", "predicate", "converter"]);

/** The plugins of a folder: each `.ts` or `.js` file in it exports one or more, by default or by name. One that cannot be loaded is told of, and the others are there. A folder that is not there has none. */
export async function loadPluginFolder(folder: string, disk: Disk, logger: Logger): Promise<PluginEntry[]> {
  if (disk.stat(folder)?.isDirectory !== true) return [];
  const files = disk.list(folder).filter((name) => SOURCE_FILE.test(name) && !/\.(?:test|d)\.m?[tj]s$/.test(name));
  const loaded = await Promise.all(
    files.map(async (name) => {
      try {
        const file = `${folder}/${name}`;
        return (await loadPluginFile(file)).map((plugin) => ({ ...loadedEntry(plugin), file }));
      } catch (error) {
        logger.error("a plugin could not be loaded", { file: `${folder}/${name}`, error });
        return [];
      }
    }),
  );
  return loaded.flat();
}

/**
 * The plugins that a file exports.
 * @throws ConnectError `CONNECT_CONFIG` where there is none, or its code fails
 */
export async function loadPluginFile(path: string): Promise<AnyPlugin[]> {
  let module: Readonly<Record<string, unknown>>;
  try {
    module = (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw new ConnectError("CONNECT_CONFIG", `${path} cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
  const plugins = [...new Set(Object.values(module))].filter(isPlugin);
  if (plugins.length > 0) return plugins;
  throw new ConnectError("CONNECT_CONFIG", `${path} exports no plugin; write "export default defineSource({ … })".`);
}

/** A plugin that is loaded already. */
export function loadedEntry(plugin: AnyPlugin): PluginEntry {
  const { kind, name, aliases, version } = plugin;
  return { kind, name, aliases, version, load: () => Promise.resolve(plugin) } as PluginEntry;
}

function isPlugin(value: unknown): value is AnyPlugin {
  if (typeof value !== "object" || value === null) return false;
  const { kind, name } = value as { readonly kind?: unknown; readonly name?: unknown };
  return KINDS.has(kind) && typeof name === "string";
}
