import { pathToFileURL } from "node:url";
import type { Disk, Logger } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { ConnectError } from "../connect-error.ts";
import { builtinPlugins } from "./builtin-plugins.ts";
import { PluginCatalogue } from "./plugin-catalogue.ts";
import type { AnyPlugin, PluginEntry } from "./plugin-entry.ts";

const SOURCE_FILE = /\.(?:ts|mts|js|mjs)$/;
const KINDS: ReadonlySet<unknown> = new Set(["source", "sink", "transform", "predicate", "converter"]);

const LOAD_MS = 10_000;

/** What a folder is loaded with. */
export interface PluginFolderOptions {
  /** Files that are not loaded, by their paths. */
  readonly leftOut?: readonly string[];
  /** Told before each file. */
  readonly onLoading?: (file: string) => void;
  /** Told of a file that did not come back in time. */
  readonly onLate?: (file: string) => void;
  /** A file that is not loaded by then never is: its top level waits for something that does not come. 10 s. */
  readonly loadMs?: number;
}

/** The plugins of a folder: each `.ts` or `.js` file in it exports one or more, by default or by name. One that cannot be loaded is told of, and the others are there. A folder that is not there has none. */
export async function loadPluginFolder(
  folder: string,
  disk: Disk,
  logger: Logger,
  { leftOut = [], onLoading, onLate, loadMs = LOAD_MS }: PluginFolderOptions = {},
): Promise<PluginEntry[]> {
  if (disk.stat(folder)?.isDirectory !== true) return [];
  const files = disk.list(folder).filter((name) => SOURCE_FILE.test(name) && !/\.(?:test|d)\.m?[tj]s$/.test(name));
  const loaded: PluginEntry[] = [];
  // One after the other, so that it is known which one does not come back.
  for (const file of files.map((name) => `${folder}/${name}`)) {
    if (leftOut.includes(file)) continue;
    onLoading?.(file);
    try {
      loaded.push(
        ...(await inTime(loadPluginFile(file), loadMs, () => onLate?.(file))).map((plugin) => ({ ...loadedEntry(plugin), file })),
      );
    } catch (error) {
      logger.error("a plugin could not be loaded", { file, error });
    }
  }
  return loaded;
}

async function inTime<T>(loading: Promise<T>, loadMs: number, onLate: () => void): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = systemClock.schedule(loadMs, () => {
    onLate();
    late.reject(new ConnectError("CONNECT_CONFIG", `Its top level has not ended within ${loadMs / 1_000} s.`));
  });
  try {
    return await Promise.race([loading, late.promise]);
  } finally {
    timer.cancel();
  }
}

/**
 * What comes along, and the plugins of files.
 * @throws ConnectError `CONNECT_CONFIG` naming a file that cannot be loaded
 */
export async function catalogueOf(files: readonly string[]): Promise<PluginCatalogue> {
  const loaded = await Promise.all(
    files.map(async (file) => (await loadPluginFile(file)).map((plugin) => ({ ...loadedEntry(plugin), file }))),
  );
  return new PluginCatalogue([...builtinPlugins, ...loaded.flat()]);
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
