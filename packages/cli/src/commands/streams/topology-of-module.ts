import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Topology, TopologyJson } from "@ottla/streams";

/** Which topology of which module is asked for, and in what form. */
export interface ModuleQuestion {
  /** The path as it was typed. */
  readonly file: string;
  readonly exportName: string | undefined;
  readonly form: "json" | "text" | "mermaid" | "dot";
}

/** What a module's topology looks like, or why none can be shown. */
export type ModuleAnswer =
  | { readonly kind: "json"; readonly topology: TopologyJson }
  | { readonly kind: "text"; readonly text: string }
  /** `usage`: another command line would do; `failed`: the module has to change. */
  | { readonly kind: "usage" | "failed"; readonly message: string };

/** What is asked of a topology: it may be another copy of the library's. */
type Described = Pick<Topology, "describe" | "toJSON" | "toMermaid" | "toDot">;
type Named = readonly [name: string, value: unknown];

/** Runs the module and describes the topology that it exports. Whatever the module does, this answers, unless it never ends. */
export async function topologyOfModule(question: ModuleQuestion): Promise<ModuleAnswer> {
  const { file, exportName } = question;
  let doing = `${file} could not be loaded`;
  try {
    const exported: Readonly<Record<string, unknown>> = await import(pathToFileURL(resolve(file)).href);
    doing = `What ${file} exports cannot be looked at`;
    if (exportName !== undefined && !(exportName in exported)) {
      const names = Object.keys(exported).join(", ") || "none";
      return { kind: "usage", message: `${file} exports nothing called ${exportName}; its exports: ${names}.` };
    }
    const candidates = exportName === undefined ? Object.entries(exported) : [[exportName, exported[exportName]] as const];
    let found = distinct(candidates.filter(([, value]) => isTopology(value)));
    if (found.length === 0) {
      const made: Named[] = [];
      for (const [name, value] of candidates.filter(isMaker)) {
        doing = `${name}() of ${file} failed`;
        made.push([name, await (value as () => unknown)()]);
      }
      found = made.filter(([, value]) => isTopology(value));
    }
    const [first, second] = found;
    if (first === undefined) {
      const as = exportName === undefined ? "" : ` as ${exportName}`;
      return {
        kind: "failed",
        message: `${file} exports no topology${as}: export what StreamsBuilder's build() gives, or a function without parameters that returns it.`,
      };
    }
    if (second !== undefined) {
      const names = found.map(([name]) => name).join(", ");
      return { kind: "usage", message: `${file} exports several topologies: choose one with --export: ${names}.` };
    }
    doing = `The topology of ${file} cannot be described`;
    return answerOf(first[1] as Described, question.form);
  } catch (error) {
    return { kind: "failed", message: `${doing}: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function answerOf(topology: Described, form: ModuleQuestion["form"]): ModuleAnswer {
  switch (form) {
    case "json":
      // As text and back: what is handed to another thread has to be data.
      return { kind: "json", topology: JSON.parse(JSON.stringify(topology.toJSON())) as TopologyJson };
    case "text":
      return { kind: "text", text: topology.describe() };
    case "mermaid":
      return { kind: "text", text: topology.toMermaid() };
    case "dot":
      return { kind: "text", text: topology.toDot() };
  }
}

/** A CommonJS module that is a topology is told under two names. */
function distinct(found: readonly Named[]): readonly Named[] {
  return found.filter(([, value], index) => found.findIndex(([, other]) => other === value) === index);
}

function isTopology(value: unknown): value is Described {
  return (
    typeof value === "object" &&
    value !== null &&
    ["describe", "toJSON", "toMermaid", "toDot"].every((method) => typeof (value as Record<string, unknown>)[method] === "function")
  );
}

/** A function that may return a topology: it takes nothing, and is no class. */
function isMaker([, value]: Named): boolean {
  return typeof value === "function" && value.length === 0 && !/^class\b/.test(Function.prototype.toString.call(value));
}
