import type { Constants } from "../code/constants.ts";
import type { SourceCode } from "../code/source-code.ts";
import { ALONE, type Surroundings } from "../project/surroundings.ts";
import { isTestPath } from "../project/facts.ts";
import { findCalls, receiversOf } from "./find-calls.ts";
import { findClients, librariesOf } from "./find-clients.ts";
import { RecordFinder } from "./find-records.ts";
import type { Program } from "./program.ts";
import { listenersOf } from "./listeners.ts";
import { documentsOf } from "./program-documents.ts";
import { sendDocuments } from "./send-settings.ts";

/** A file as rules look at it, whose parts are linked; undefined when it takes no client library, and no client from another file. */
export function buildProgram(code: SourceCode, text: string, constants: Constants, around: Surroundings = ALONE): Program | undefined {
  const own = librariesOf(code);
  const clients = findClients(code, own, constants, around.names);
  const receivers = receiversOf(code, own, clients);
  const calls = findCalls(receivers, own, clients, constants, around.names);
  const given = new Set([...calls.map(({ library }) => library), ...around.handlers.map(({ library }) => library)]);
  const libraries = [...own, ...around.libraries.filter((library) => given.has(library) && !own.includes(library))];
  if (libraries.length === 0) return undefined;
  const records = new RecordFinder(code, libraries, calls, constants, around.handlers);
  const lines = text.split("\n");
  return {
    path: code.path,
    code,
    constants,
    libraries,
    clients,
    receivers,
    calls,
    around,
    handed: records.handed(),
    recordScopes: records.scopes(),
    pollLoops: records.pollLoops(),
    documents: [
      ...documentsOf(code, clients, libraries, constants),
      ...sendDocuments(code.path, calls, constants),
      ...listenersOf(code, libraries, constants),
    ],
    lineText: (line) => (lines[line - 1] ?? "").trim().slice(0, 160),
    isTest: isTestPath(code.path),
  };
}
