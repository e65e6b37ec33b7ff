import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { OttlaError } from "@ottla/base";
import type { Topology } from "@ottla/streams";
import { type RunCommand, UsageError } from "../../command.ts";
import { printJson } from "../../output.ts";
import { textStyle } from "../../text-style.ts";
import { drawTopology } from "./draw-topology.ts";
import { FORMATS } from "./specs.ts";

const LOAD_LIMIT_MS = 10_000;

/** What is asked of a topology: it may be another copy of the library's. */
type Described = Pick<Topology, "describe" | "toJSON" | "toMermaid" | "toDot">;

export const describeStreams: RunCommand = async (context) => {
  const { options, positionals, stdout, env } = context;
  const format = options.text("format") ?? FORMATS[0];
  if (!FORMATS.includes(format as (typeof FORMATS)[number]))
    throw new UsageError(`--format is ${format}; it is one of ${FORMATS.join(", ")}.`);
  const topology = await exportedTopology(positionals[0]!, options.text("export"));
  if (options.has("json")) printJson(context, topology.toJSON());
  else if (format === "tree") stdout.write(drawTopology(topology.toJSON(), textStyle(stdout, env)));
  else stdout.write(withEnd(format === "text" ? topology.describe() : format === "dot" ? topology.toDot() : topology.toMermaid()));
  return 0;
};

async function exportedTopology(file: string, name: string | undefined): Promise<Described> {
  const exported = await loadModule(file);
  if (name !== undefined && !(name in exported))
    throw new UsageError(`${file} exports nothing called ${name}; its exports: ${Object.keys(exported).join(", ") || "none"}.`);
  const candidates = name === undefined ? Object.entries(exported) : [[name, exported[name]] as const];
  const found = distinct(candidates.filter(([, value]) => isTopology(value)));
  if (found.length === 1) return found[0]![1] as Described;
  if (found.length > 1) throw severalIn(file, found);
  const makers = candidates.filter(([, value]) => typeof value === "function" && value.length === 0 && !isClass(value));
  const made = makers
    .map(([maker, make]) => [maker, makeTopology(file, maker, make as () => unknown)] as const)
    .filter(([, value]) => isTopology(value));
  if (made.length === 1) return made[0]![1] as Described;
  if (made.length > 1) throw severalIn(file, made);
  throw new OttlaError(
    "NO_TOPOLOGY",
    `${file} exports no topology${name === undefined ? "" : ` as ${name}`}: export what StreamsBuilder's build() gives, or a function without parameters that returns it.`,
  );
}

/** A CommonJS module that is a topology is told under two names. */
function distinct(found: (readonly [string, unknown])[]): (readonly [string, unknown])[] {
  return found.filter(([, value], index) => found.findIndex(([, other]) => other === value) === index);
}

async function loadModule(file: string): Promise<Readonly<Record<string, unknown>>> {
  let limit: NodeJS.Timeout | undefined;
  // The timer also keeps the process from ending in the middle of an await that nothing ends.
  const late = new Promise<never>((_, reject) => {
    limit = setTimeout(() => reject(new Error(`its top-level await has not ended within ${LOAD_LIMIT_MS / 1000} s`)), LOAD_LIMIT_MS);
  });
  try {
    return (await Promise.race([import(pathToFileURL(resolve(file)).href), late])) as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw new OttlaError("MODULE_FAILED", `${file} could not be loaded: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  } finally {
    clearTimeout(limit);
  }
}

function makeTopology(file: string, maker: string, make: () => unknown): unknown {
  try {
    return make();
  } catch (error) {
    throw new OttlaError("MODULE_FAILED", `${maker}() of ${file} failed: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

function isTopology(value: unknown): value is Described {
  return (
    typeof value === "object" &&
    value !== null &&
    ["describe", "toJSON", "toMermaid", "toDot"].every((method) => typeof (value as Record<string, unknown>)[method] === "function")
  );
}

function isClass(value: unknown): boolean {
  return /^class\b/.test(Function.prototype.toString.call(value));
}

function severalIn(file: string, found: readonly (readonly [string, unknown])[]): UsageError {
  return new UsageError(`${file} exports several topologies: choose one with --export: ${found.map(([name]) => name).join(", ")}.`);
}

function withEnd(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}
