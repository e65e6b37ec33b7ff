import type { DocumentKind, Entry } from "../../lint/document.ts";
import type { Constants } from "../code/constants.ts";
import { pathOf, type SourceCode } from "../code/source-code.ts";
import { detectKind } from "../../lint/detect-kind.ts";
import type { Library } from "./library.ts";
import type { MadeClient } from "./made-client.ts";
import type { ProgramDocument } from "./program.ts";
import { settingsOf } from "./settings-of.ts";

/** What a file gives its clients, as sets of settings; also what it gathers for a client that another file makes. */
export function documentsOf(
  code: SourceCode,
  clients: readonly MadeClient[],
  libraries: readonly Library[],
  constants: Constants,
): readonly ProgramDocument[] {
  const documents = clients.flatMap((client): readonly ProgramDocument[] => {
    const { library, role, settings, from } = client;
    const inherited = from?.settings;
    const own = settings.entries;
    if (own.length === 0 || (role === "client" && clients.some((other) => other.from === client))) {
      if (own.length === 0 && !inherited) return [];
    }
    const entries = [...(role === "client" ? [] : (inherited?.entries ?? [])), ...own];
    if (entries.length === 0) return [];
    // What all its producers and consumers inherit is judged with them, once.
    if (role === "client" && clients.some((other) => other.from === client)) return [];
    return [documentOf(code.path, library, role, entries, settings.isOpen || (inherited?.isOpen ?? false))];
  });
  return [...documents, ...gathered(code, documents, libraries, constants)];
}

function documentOf(file: string, library: Library, kind: DocumentKind, entries: readonly Entry[], isOpen: boolean): ProgramDocument {
  const given = new Set(entries.map(({ key }) => key));
  const assumed = Object.entries(library.defaults ?? {}).filter(([key]) => !given.has(key));
  const line = entries[0]!.line;
  const all = [...entries, ...assumed.map(([key, value]) => ({ key, value, line }))];
  return {
    document: { file, part: `${kind} of ${library.title}`, kind, entries: all },
    library,
    isOpen,
    assumed: new Set(assumed.map(([key]) => key)),
  };
}

/** Properties and maps that are filled with Kafka's settings and handed on: `props.put(ProducerConfig.ACKS_CONFIG, "1")`. */
function gathered(
  code: SourceCode,
  documents: readonly ProgramDocument[],
  libraries: readonly Library[],
  constants: Constants,
): readonly ProgramDocument[] {
  const library = libraries.find(({ keys }) => keys === "kafka" && (code.language === "java" || code.language === "kotlin"));
  if (!library) return [];
  const told = new Set(documents.flatMap(({ document }) => document.entries.map(({ line }) => line)));
  const found: ProgramDocument[] = [];
  for (const { callee, args, line } of constants.calls) {
    if (
      callee.kind !== "member" ||
      args.length !== 2 ||
      !/^(put|setProperty|set)$/.test(callee.name) ||
      told.has(line) ||
      pathOf(callee.object) === undefined
    )
      continue;
    const { entries } = settingsOf(callee.object, constants);
    const fresh = entries.filter((entry) => !told.has(entry.line));
    const kind = fresh.some((entry) => entry.line === line) ? detectKind(fresh) : undefined;
    if (kind === undefined || kind === "broker") continue;
    for (const entry of fresh) told.add(entry.line);
    found.push(documentOf(code.path, library, kind, fresh, true));
  }
  return found;
}
