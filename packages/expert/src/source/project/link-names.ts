import type { Code, FunctionCode } from "../code/code.ts";
import { type Constants, keyText } from "../code/constants.ts";
import type { SourceCode } from "../code/source-code.ts";
import type { Receiver } from "../model/made-client.ts";
import type { Program } from "../model/program.ts";
import type { LinkedClients } from "./surroundings.ts";

/** Another file of the project, read. */
export interface Module {
  readonly path: string;
  readonly code: SourceCode;
  readonly constants: Constants;
  /** Undefined when it takes no client library. */
  readonly program: Program | undefined;
}

/** What of another file a name is: all of it, or one thing. */
interface Link {
  readonly as: string;
  /** `*`: what the module has is a member of the name. */
  readonly name: string;
  readonly modules: readonly Module[];
}

/** The names of a file that stand for something in others: by imports, and, where a language has no need of them, of its neighbours. */
export function linkNames(links: readonly Link[], neighbours: readonly Module[]): LinkedClients {
  const linkOf = (first: string): Link | undefined => links.find(({ as }) => as === first);
  const classIn = (name: string, modules: readonly Module[]): readonly Module[] => modules.filter(({ path }) => stemOf(path) === name);

  /** The modules in which the rest of a path is to be looked up. */
  const place = (path: string): { readonly modules: readonly Module[]; readonly rest: readonly string[] } | undefined => {
    const [first = "", ...rest] = path.split(".");
    const link = linkOf(first);
    if (link) {
      if (link.name === "*") return { modules: link.modules, rest };
      const ofClass = classIn(link.name, link.modules);
      // An imported class is the place of its constants; anything else is a name of the module.
      return ofClass.length > 0 && rest.length > 0 ? { modules: ofClass, rest } : { modules: link.modules, rest: [link.name, ...rest] };
    }
    const near = classIn(first, neighbours);
    if (near.length > 0 && rest.length > 0) return { modules: near, rest };
    return neighbours.length > 0 ? { modules: neighbours, rest: [first, ...rest] } : undefined;
  };

  const find = (path: string): Code | undefined => {
    const found = place(path);
    if (!found) return undefined;
    const [name, ...members] = found.rest;
    const values = name === undefined ? [] : found.modules.flatMap(({ constants }) => constants.given(name) ?? []);
    if (values.length !== 1) return undefined;
    let code = values[0]!;
    for (const member of members) {
      const entry = code.kind === "map" ? code.entries.find(({ key }) => key && keyText(key) === member) : undefined;
      if (!entry) return undefined;
      code = entry.value;
    }
    return code;
  };

  const functions = (name: string): readonly FunctionCode[] => {
    const link = linkOf(name);
    const found = (link ? link.modules : neighbours).flatMap(({ constants }) => constants.functions(link?.name ?? name));
    if (found.length > 0 || link) return found;
    // `settings.consumer()` of an imported module.
    return links
      .filter((each) => each.name === "*")
      .flatMap(({ modules }) => modules.flatMap(({ constants }) => constants.functions(name)));
  };

  const receiver = (path: string): Receiver | undefined => {
    const found = place(path);
    const parts = path.split(".");
    if (found && found.rest.length === 1) return ofModules(found.modules, found.rest[0]!);
    if (parts.length < 2) return undefined;
    // `this.kafka.producer`, of whatever class of another file that is: its field tells.
    const all = [...links.flatMap(({ modules }) => modules), ...neighbours];
    return ofModules(all, parts.at(-1)!);
  };

  const made = (code: Code): Receiver | undefined => {
    for (const { program } of [...links.flatMap(({ modules }) => modules), ...neighbours])
      for (const client of program?.clients ?? [])
        if (client.made === code) return { library: client.library, role: client.role, client, isProven: true };
    return undefined;
  };

  return { find, functions, receiver, made };
}

/** What the modules agree on that the name is. */
function ofModules(modules: readonly Module[], name: string): Receiver | undefined {
  const found = modules.flatMap(({ program }) => program?.receivers.get(name) ?? []);
  const [first] = found;
  return first && found.every(({ library, role }) => library === first.library && role === first.role) ? first : undefined;
}

function stemOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).replace(/\.\w+$/, "");
}
